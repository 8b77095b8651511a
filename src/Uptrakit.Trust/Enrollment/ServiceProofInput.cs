using System.Diagnostics.CodeAnalysis;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Trust.Enrollment;

/// <summary>What the proof of an enrolling Service is bound to, so that it is of no use anywhere else.</summary>
/// <param name="TokenId">The public part of the token; at most 64 bytes.</param>
/// <param name="ServerKey">
/// The key of the TLS server, as its side of the connection knows it: a proof that a man in the middle relays names his key.
/// </param>
/// <param name="ServiceKey">The key in the signing request: nobody else can have his own key certified with the proof.</param>
/// <param name="Nonce">32 random bytes of the Service, sent beside the proof.</param>
/// <param name="FriendlyName">The name that the Service gives itself; at most 255 bytes.</param>
/// <remarks>The verifier takes the server's key from its own TLS connection and the Service's from the request it verified.</remarks>
public sealed record ServiceProofInput(
    string TokenId,
    SpkiFingerprint ServerKey,
    SpkiFingerprint ServiceKey,
    [property: SuppressMessage("Performance", "CA1819", Justification = "Comes from and goes into a message")] byte[] Nonce,
    string FriendlyName)
{
    /// <summary>Length of the nonce in bytes.</summary>
    public const int NonceSize = 32;

    private const int MaximumId = 64;
    private const int MaximumName = 255;

    /// <summary>The bytes that are signed. False for an input that has none.</summary>
    internal bool TryEncode([NotNullWhen(true)] out byte[]? encoded)
    {
        encoded = null;
        if (ServerKey is null || ServiceKey is null || Nonce is not { Length: NonceSize })
            return false;
        return new ProofFields("uptrakit service enrollment proof v1")
            .Add(TokenId, MaximumId)
            .Add(ServerKey.Bytes)
            .Add(ServiceKey.Bytes)
            .Add(Nonce)
            .Add(FriendlyName, MaximumName)
            .TryFinish(out encoded);
    }
}
