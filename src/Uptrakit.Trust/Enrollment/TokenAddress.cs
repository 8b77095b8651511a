namespace Uptrakit.Trust.Enrollment;

/// <summary>Where a Controller is reached.</summary>
/// <param name="Host">Host name or address, at most 255 bytes of UTF-8; IPv6 without brackets.</param>
/// <param name="Port">TCP port, 1 to 65535.</param>
public sealed record TokenAddress(string Host, int Port);
