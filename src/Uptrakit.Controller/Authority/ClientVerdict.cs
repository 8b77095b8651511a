using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Controller.Authority;

/// <summary>Why a client certificate was refused. The names go into logs and metrics.</summary>
internal enum ClientRefusal
{
    None,
    NoLeaf,
    Unreadable,

    /// <summary>A CA certificate where a Service's belongs.</summary>
    CaAsLeaf,
    NotYetValid,
    Expired,

    /// <summary>The extended key usage is not clientAuth alone.</summary>
    NotForClients,
    WeakKey,
    WeakSignature,

    /// <summary>No live issuing CA of ours is named as its issuer.</summary>
    UnknownIssuer,

    /// <summary>It names one of ours, and that one did not sign it.</summary>
    BadChain,

    /// <summary>Its only name is not that of a Service of this Controller.</summary>
    BadName,

    /// <summary>We have no memory of issuing it.</summary>
    NotIssued,
    Revoked,
}

/// <summary>Which Service a client certificate belongs to, or why it is refused.</summary>
internal sealed record ClientVerdict
{
    private ClientVerdict(Guid? serviceId, Guid? caId, string? serial, ClientRefusal refusal)
    {
        ServiceId = serviceId;
        CaId = caId;
        Serial = serial;
        Refusal = refusal;
    }

    [MemberNotNullWhen(true, nameof(ServiceId), nameof(CaId), nameof(Serial))]
    public bool Accepted => Refusal == ClientRefusal.None;

    public Guid? ServiceId { get; }

    /// <summary>The CA that signed it: one that is retiring asks for an early renewal.</summary>
    public Guid? CaId { get; }

    public string? Serial { get; }

    public ClientRefusal Refusal { get; }

    /// <summary>A sentence for the log and for the operator. Holds nothing that the peer sent.</summary>
    public string Message => Refusal switch
    {
        ClientRefusal.None => $"the certificate is that of Service {ServiceId}",
        ClientRefusal.NoLeaf => "the client showed no certificate: only enrollment works without one",
        ClientRefusal.CaAsLeaf => "the client showed a CA certificate",
        ClientRefusal.NotYetValid => "the client's certificate is not valid yet: compare the clocks of both machines ('timedatectl')",
        ClientRefusal.Expired => "the client's certificate has expired: enroll the Service again with --force-enroll",
        ClientRefusal.NotForClients => "the client's certificate is not one for clients (extended key usage)",
        ClientRefusal.WeakKey => "the key in the client's certificate is too weak or of an unknown kind",
        ClientRefusal.WeakSignature => "the client's certificate is signed with a weak algorithm",
        ClientRefusal.UnknownIssuer => "the client's certificate is from no CA of this Controller, or from one that was retired: "
            + "enroll the Service again with --force-enroll",
        ClientRefusal.BadChain => "the client's certificate names a CA of this Controller that did not sign it: somebody forged it",
        ClientRefusal.BadName => "the client's certificate does not name exactly one Service of this Controller",
        ClientRefusal.NotIssued => "the client's certificate is not among those that were issued: was the database restored from a backup?",
        ClientRefusal.Revoked => "the client's certificate was revoked",
        _ => "the client's certificate could not be read",
    };

    internal static ClientVerdict Accept(Guid serviceId, LiveCa ca, X509Certificate2 leaf) =>
        new(serviceId, ca.Id, SerialText.Of(leaf), ClientRefusal.None);

    internal static ClientVerdict Refuse(ClientRefusal refusal)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(refusal, ClientRefusal.None);
        return new ClientVerdict(null, null, null, refusal);
    }
}
