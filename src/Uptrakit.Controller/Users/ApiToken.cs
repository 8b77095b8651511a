using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Uptrakit.Controller.Users;

/// <summary>The text with which a program calls the API: "upk_" and base64url of 8 bytes that name it and 32 that are secret.</summary>
internal sealed class ApiToken
{
    public const string Prefix = "upk_";

    private const int IdLength = 8;
    private const int SecretLength = 32;

    private readonly byte[] bytes;

    private ApiToken(byte[] bytes) => this.bytes = bytes;

    /// <summary>The public part, 16 hex digits.</summary>
    public string Id => Convert.ToHexStringLower(bytes.AsSpan(0, IdLength));

    /// <summary>What is stored: the secret has 256 random bits, so one SHA-256 keeps it.</summary>
    public byte[] Hash => SHA256.HashData(bytes.AsSpan(IdLength));

    public static ApiToken New() => new(RandomNumberGenerator.GetBytes(IdLength + SecretLength));

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out ApiToken? token)
    {
        token = null;
        byte[] decoded = new byte[IdLength + SecretLength];
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || text.Length != Prefix.Length + Base64Url.GetEncodedLength(decoded.Length))
            return false;
        // Not TryDecodeFromChars: in spite of its name it throws for a letter that is none of base64url.
        if (Base64Url.DecodeFromChars(text[Prefix.Length..], decoded, out _, out int written) != OperationStatus.Done || written != decoded.Length)
            return false;
        token = new ApiToken(decoded);
        return true;
    }

    /// <summary>In the same time for every hash.</summary>
    public bool Fits(byte[] hash) => CryptographicOperations.FixedTimeEquals(Hash, hash);

    /// <summary>The whole of it. For the one who asked, once.</summary>
    public string Reveal() => Prefix + Base64Url.EncodeToString(bytes);

    public override string ToString() => Id;
}
