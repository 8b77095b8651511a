using Uptrakit.Trust.Digests;

namespace Uptrakit.Trust.Enrollment;

/// <summary>One node of the cluster that a joiner may ask, and the key it must find there.</summary>
/// <param name="Host">Host name or address, at most 255 bytes of UTF-8; IPv6 without brackets.</param>
/// <param name="Port">TCP port, 1 to 65535.</param>
/// <param name="Pin">Fingerprint of that node's key.</param>
public sealed record TokenEndpoint(string Host, int Port, SpkiFingerprint Pin);
