using System.Net;
using System.Text;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Inventory;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.Controller.Gateway;

/// <summary>A request to enroll that has been read and whose key has been proven. Whether it is let in is not decided yet.</summary>
/// <param name="Message">As it came.</param>
/// <param name="Csr">The key that is to be certified.</param>
/// <param name="Kind">agent or mqtt: also the capability that it needs.</param>
/// <param name="ShownKey">What the server showed on this connection.</param>
/// <param name="From">Whence it came.</param>
internal sealed record EnrollmentRequest(EnrollRequest Message, SigningRequest Csr, string Kind, SpkiFingerprint ShownKey, IPAddress? From)
{
    private const int LongestTokenId = 64;
    private const int LongestSignature = 80;
    private const int LongestName = 255;

    public string Key => Csr.Key.ToString();

    /// <summary>Reads a message of a stranger.</summary>
    public static EnrollmentRequest? Read(
        EnrollRequest message, SpkiFingerprint shownKey, IPAddress? from, out EnrollFault fault, out string words)
    {
        fault = EnrollFault.Csr;
        if (!SigningRequest.TryParse(message.Csr.Span, out SigningRequest? csr, out CsrFault csrFault))
        {
            words = SigningRequest.Describe(csrFault);
            return null;
        }

        fault = EnrollFault.TokenOtherCapability;
        words = "the Controller does not know this kind of Service: does it run a newer version?";
        if (Capabilities.NeededBy(message.Kind) is not { } kind)
            return null;
        fault = EnrollFault.Proof;
        words = "the name of the Service is too long, or the proof of the token is malformed";
        if (Encoding.UTF8.GetByteCount(message.FriendlyName) > LongestName || !IsSane(message.Token))
            return null;
        return new EnrollmentRequest(message, csr, kind, shownKey, from);
    }

    /// <summary>Whether the caller holds the secret of the token, and speaks to nobody else but us.</summary>
    public bool Proves(byte[] tokenPublicKey) => EnrollmentProof.Verify(
        tokenPublicKey,
        new ServiceProofInput(Message.Token.TokenId, ShownKey, Csr.Key, Message.Token.Nonce.ToByteArray(), Message.FriendlyName),
        Message.Token.Signature.Span);

    private static bool IsSane(TokenProof? token) => token is null
        || (token.TokenId.Length <= LongestTokenId
            && token.Nonce.Length == ServiceProofInput.NonceSize
            && token.Signature.Length <= LongestSignature);
}
