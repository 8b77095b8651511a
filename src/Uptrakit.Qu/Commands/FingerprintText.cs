namespace Uptrakit.Qu.Commands;

/// <summary>SPKI fingerprints as people compare them.</summary>
internal static class FingerprintText
{
    internal static string Format(ReadOnlySpan<byte> sha256) => $"sha256:{Convert.ToHexStringLower(sha256)}";

    /// <summary>Optional "sha256:", then 64 hex digits or 32 colon pairs, any case.</summary>
    internal static bool TryParse(string text, out byte[] sha256)
    {
        const string prefix = "sha256:";
        string digits = text.Trim();
        if (digits.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
            digits = digits[prefix.Length..];
        if (digits.Length == 95 && Enumerable.Range(0, 31).All(pair => digits[(pair * 3) + 2] == ':'))
            digits = digits.Replace(":", "", StringComparison.Ordinal);
        sha256 = new byte[32];
        return digits.Length == 64
            && Convert.FromHexString(digits, sha256, out _, out int written) == System.Buffers.OperationStatus.Done
            && written == 32;
    }
}
