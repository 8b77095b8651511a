namespace Uptrakit.Controller.Users;

/// <summary>RFC 4648 base32, in which authenticator keys are written.</summary>
internal static class Base32
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    /// <summary>Null for what is not base32.</summary>
    public static byte[]? Decode(string text)
    {
        List<byte> bytes = new(text.Length * 5 / 8);
        int buffer = 0, bits = 0;
        foreach (char letter in text.TrimEnd('='))
        {
            int value = Alphabet.IndexOf(char.ToUpperInvariant(letter), StringComparison.Ordinal);
            if (value < 0)
                return null;
            buffer = (buffer << 5) | value;
            bits += 5;
            if (bits < 8)
                continue;
            bits -= 8;
            bytes.Add((byte)(buffer >> bits));
            buffer &= (1 << bits) - 1;
        }

        return [.. bytes];
    }
}
