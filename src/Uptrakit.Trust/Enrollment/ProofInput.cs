using System.Diagnostics.CodeAnalysis;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Trust.Enrollment;

/// <summary>What a proof of enrollment is bound to, so that it is of no use anywhere else.</summary>
/// <param name="TokenId">The public part of the token; at most 64 bytes.</param>
/// <param name="ServerKey">
/// The key of the TLS server, as its side of the connection knows it: a proof that a man in the middle relays names his key.
/// </param>
/// <param name="JoinerKey">The key of the TLS client: nobody else can present the proof as his.</param>
/// <param name="Nonce">32 random bytes of the joiner, sent beside the proof.</param>
/// <param name="NodeId">The NodeID that the joiner asks for; at most 64 bytes.</param>
/// <param name="Advertise">The address under which it will be reached, host:port; at most 512 bytes.</param>
/// <remarks>The verifier takes both keys from its own TLS connection, never from a message.</remarks>
public sealed record ProofInput(
    string TokenId,
    SpkiFingerprint ServerKey,
    SpkiFingerprint JoinerKey,
    [property: SuppressMessage("Performance", "CA1819", Justification = "Comes from and goes into a message")] byte[] Nonce,
    string NodeId,
    string Advertise)
{
    /// <summary>Length of the nonce in bytes.</summary>
    public const int NonceSize = 32;

    private const int MaximumName = 64;
    private const int MaximumAdvertise = 512;

    /// <summary>The bytes that are signed. False for an input that has none.</summary>
    internal bool TryEncode([NotNullWhen(true)] out byte[]? encoded)
    {
        encoded = null;
        if (ServerKey is null || JoinerKey is null || Nonce is not { Length: NonceSize })
            return false;
        return new ProofFields("uptrakit enrollment proof v1")
            .Add(TokenId, MaximumName)
            .Add(ServerKey.Bytes)
            .Add(JoinerKey.Bytes)
            .Add(Nonce)
            .Add(NodeId, MaximumName)
            .Add(Advertise, MaximumAdvertise)
            .TryFinish(out encoded);
    }
}
