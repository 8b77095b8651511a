namespace Uptrakit.Contracts.Api;

/// <summary>A Service as operators see it.</summary>
/// <param name="Id">Its id, a lower-case GUID.</param>
/// <param name="FriendlyName">What it calls itself; shown, never trusted.</param>
/// <param name="Kind">agent or mqtt.</param>
/// <param name="State">pending, active, revoked or rejected.</param>
/// <param name="KeyFingerprint">SHA-256 of the SubjectPublicKeyInfo of its key, 64 lower-case hex digits.</param>
/// <param name="Capabilities">What it may do.</param>
/// <param name="Version">The version it runs, or null.</param>
/// <param name="RequestedAt">When it first asked, UTC.</param>
/// <param name="EnrolledAt">When it was let in, UTC; null while pending.</param>
/// <param name="LastSeenAt">When it was last heard, UTC; null if never connected.</param>
/// <param name="Connected">Whether it is connected now.</param>
/// <param name="Trust">How it says that it verifies the Controller; null before it connected.</param>
/// <param name="Certificate">Its present client certificate; null while pending.</param>
/// <param name="Facts">What it says of its host; null before it said so.</param>
public sealed record ServiceView(
    string Id,
    string FriendlyName,
    string Kind,
    string State,
    string KeyFingerprint,
    IReadOnlyList<string> Capabilities,
    string? Version,
    DateTimeOffset RequestedAt,
    DateTimeOffset? EnrolledAt,
    DateTimeOffset? LastSeenAt,
    bool Connected,
    ServiceTrustView? Trust,
    ServiceCertificateView? Certificate,
    HostFactsView? Facts);

/// <summary>How a Service verifies the Controller.</summary>
/// <param name="Mode">system, pin-fingerprint, pin-spki or insecure-tofu.</param>
/// <param name="Anchors">SHA-256 of each anchor that it has stored.</param>
/// <param name="PublicRoots">Whether it trusts the compiled-in public roots too.</param>
/// <param name="NativeRoots">Whether it trusts the roots of its operating system too.</param>
/// <param name="SkipHostname">Whether it does not compare the name.</param>
public sealed record ServiceTrustView(
    string Mode, IReadOnlyList<string> Anchors, bool PublicRoots, bool NativeRoots, bool SkipHostname);

/// <summary>The client certificate of a Service.</summary>
/// <param name="Serial">Serial number, hex.</param>
/// <param name="Fingerprint">SHA-256 of its DER.</param>
/// <param name="NotBefore">Valid from, UTC.</param>
/// <param name="NotAfter">Valid until, UTC.</param>
/// <param name="Issuer">Subject of the issuing CA.</param>
public sealed record ServiceCertificateView(
    string Serial, string Fingerprint, DateTimeOffset NotBefore, DateTimeOffset NotAfter, string Issuer);

/// <summary>What a Service says of its host.</summary>
public sealed record HostFactsView(
    string Hostname,
    string OsName,
    string OsVersion,
    string Kernel,
    string Architecture,
    DateTimeOffset? BootTime,
    int Cpus,
    long MemoryBytes,
    IReadOnlyList<string> Addresses);

/// <summary>All Services.</summary>
public sealed record ServiceList(IReadOnlyList<ServiceView> Items);

/// <summary>Approves a pending Service.</summary>
/// <param name="KeyFingerprint">The fingerprint that the operator compared: another key is not approved.</param>
/// <param name="Capabilities">What it may do; null for the default of its kind.</param>
public sealed record ApproveServiceRequest(string KeyFingerprint, IReadOnlyList<string>? Capabilities);
