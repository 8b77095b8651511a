using Uptrakit.Trust.Digests;

namespace Uptrakit.Controller.Host;

/// <summary>The key that the server showed on this very connection: what the proof of an enrolling Service must name.</summary>
/// <remarks>Set at the handshake and never changed, so that a hot swap in the meantime confuses nothing.</remarks>
internal sealed record ShownKey(SpkiFingerprint Key);
