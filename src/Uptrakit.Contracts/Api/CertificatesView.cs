namespace Uptrakit.Contracts.Api;

/// <summary>The certificate authority of the Controller: Global Settings, Certificates.</summary>
/// <param name="Fingerprint">SHA-256 of the DER of the active root, 64 lower-case hex digits: what every pin means.</param>
/// <param name="Words">The same for people who read it aloud.</param>
/// <param name="Authorities">Roots and issuing CAs that are not yet forgotten, the active ones first.</param>
/// <param name="Server">What the HTTPS port shows now.</param>
/// <param name="Rotation">What is going on, or null.</param>
/// <param name="PkiAddress">host:port in the AIA and CDP of what is issued, or null.</param>
public sealed record CertificatesView(
    string Fingerprint,
    string Words,
    IReadOnlyList<AuthorityView> Authorities,
    ServerCertificateView Server,
    RotationView? Rotation,
    string? PkiAddress);

/// <summary>One certificate authority.</summary>
/// <param name="Role">root, issuing or external.</param>
/// <param name="State">prepared, distributing, active, retiring or retired.</param>
/// <param name="Subject">Its name.</param>
/// <param name="Fingerprint">SHA-256 of its DER.</param>
/// <param name="NotBefore">Valid from, UTC.</param>
/// <param name="NotAfter">Valid until, UTC.</param>
/// <param name="LiveCertificates">How many certificates it signed that are neither expired, revoked nor replaced.</param>
public sealed record AuthorityView(
    string Role,
    string State,
    string Subject,
    string Fingerprint,
    DateTimeOffset NotBefore,
    DateTimeOffset NotAfter,
    int LiveCertificates);

/// <summary>The certificate of the HTTPS port.</summary>
/// <param name="Source">own (signed by the Controller's CA) or operator (given with --tls-cert).</param>
/// <param name="Fingerprint">SHA-256 of its DER.</param>
/// <param name="KeyFingerprint">SHA-256 of its SubjectPublicKeyInfo.</param>
/// <param name="Names">The names it stands for.</param>
/// <param name="NotAfter">Valid until, UTC.</param>
public sealed record ServerCertificateView(
    string Source, string Fingerprint, string KeyFingerprint, IReadOnlyList<string> Names, DateTimeOffset NotAfter);

/// <summary>A rotation that is going on.</summary>
/// <param name="Kind">issuing or root.</param>
/// <param name="Step">prepared, distributing or active: what has been done last.</param>
/// <param name="NextStep">distribute, activate or retire.</param>
/// <param name="NewFingerprint">SHA-256 of the DER of the successor.</param>
/// <param name="Trusting">How many Services are ready for the next step.</param>
/// <param name="Total">Of how many.</param>
/// <param name="Missing">Ids of some of the others.</param>
public sealed record RotationView(
    string Kind, string Step, string NextStep, string NewFingerprint, int Trusting, int Total, IReadOnlyList<string> Missing);

/// <summary>Takes a rotation one step further.</summary>
/// <param name="Kind">issuing or root.</param>
/// <param name="Step">prepare, distribute, activate or retire; null for whatever comes next.</param>
/// <param name="Force">Goes on although Services would be cut off.</param>
public sealed record RotateCaRequest(string Kind, string? Step = null, bool Force = false);

/// <summary>Settings of the whole Controller.</summary>
/// <param name="PublicAddress">host:port under which Services and people reach the Controller; in tokens and links.</param>
/// <param name="ApprovalWithoutToken">Whether hosts may ask to be approved without a token.</param>
public sealed record SettingsView(string? PublicAddress, bool ApprovalWithoutToken);

/// <summary>An entry of the audit log.</summary>
public sealed record AuditEntryView(DateTimeOffset At, string Actor, string Action, string Subject, string? Detail);

/// <summary>The audit log, newest first.</summary>
public sealed record AuditList(IReadOnlyList<AuditEntryView> Items);
