using System.Security.Cryptography.X509Certificates;
using Uptrakit.Contracts.Client;
using Uptrakit.Services.Bootstrap;
using Uptrakit.Services.Identity;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Services.Session;

/// <summary>Finds the way back to a Controller whose root was replaced while this Service was away.</summary>
/// <remarks>
/// The stored root has signed for its successor. A server that sends that certificate in its chain is believed without further
/// ado; one whose former root has retired serves it as evidence only. Either way it is the stored root's signature that counts,
/// so whoever serves the evidence need not be trusted, and what he serves beside it is not.
/// </remarks>
internal sealed class HandOverRecovery(Contact contact)
{
    /// <summary>The trust that the evidence leads to, proved by a connection; null when it leads nowhere.</summary>
    public async Task<StoredTrust?> FindAsync(ControllerAddress address, ControllerTrust trust, CancellationToken cancel)
    {
        if (trust.IsStateless || trust.Stored is not { } stored)
            return null;
        ContactRequest look = new() { Trust = ServerTrust.Insecure() };
        if (await contact.AskAsync(address, look, cancel) is not ContactOutcome.Established { Trust: { } shown })
            return null;

        if (Vouched(stored, shown.Bundle, shown.HandOver) is not { } roots)
            return null;
        ContactRequest proof = new() { Trust = ServerTrust.System(), Roots = roots };
        return await contact.AskAsync(address, proof, cancel) is ContactOutcome.Established { Trust: { } proved }
            ? Followed(trust.How, stored, proved.Bundle, proved.HandOver)
            : null;
    }

    /// <summary>By what a server would be verified that shows this; null when the stored root does not vouch for it.</summary>
    public static ServerPolicy? PolicyAfter(ServerTrust how, StoredTrust stored, CertificateBundle shown, CertificateBundle evidence) =>
        Vouched(stored, shown, evidence) is { } roots && Followed(how, stored, shown, evidence) is not null
            ? ServerPolicy.Anchored(roots)
            : null;

    // One by one: an evidence for one root is none for another that is served beside it.
    private static TrustAnchors? Vouched(StoredTrust stored, CertificateBundle shown, CertificateBundle evidence)
    {
        X509Certificate2[] vouched = [.. shown.Certificates.Where(root =>
            HandOverProof.Leads(IsStored, evidence.Certificates, CertificateBundle.Of([root])))];
        return vouched.Length > 0 ? TrustAnchors.None.WithBundle(CertificateBundle.Of(vouched)) : null;

        bool IsStored(X509Certificate2 root) => stored.Bundle.Find(CertificateFingerprint.Of(root)) is not null;
    }

    // Null when the pin of this run would not fit it any more.
    private static StoredTrust? Followed(ServerTrust how, StoredTrust stored, CertificateBundle bundle, CertificateBundle evidence)
    {
        StoredTrust found = stored with { Bundle = bundle, HandOver = TrustKeeper.Joined(evidence.Certificates, stored.HandOver) };
        return PinCheck.Of(how, found) is null ? found : null;
    }
}
