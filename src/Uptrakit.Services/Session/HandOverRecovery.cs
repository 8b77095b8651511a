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

        // One by one: an evidence for one root is none for another that is served beside it.
        X509Certificate2[] vouched = [.. shown.Bundle.Certificates.Where(root =>
            HandOverProof.Leads(IsStored, shown.HandOver.Certificates, CertificateBundle.Of([root])))];
        if (vouched.Length == 0)
            return null;
        ContactRequest proof = new() { Trust = ServerTrust.System(), Roots = TrustAnchors.None.WithBundle(CertificateBundle.Of(vouched)) };
        if (await contact.AskAsync(address, proof, cancel) is not ContactOutcome.Established { Trust: { } proved })
            return null;

        StoredTrust found = stored with { Bundle = proved.Bundle, HandOver = TrustKeeper.Joined(proved.HandOver.Certificates, stored.HandOver) };
        return PinCheck.Of(trust.How, found) is null ? found : null;

        bool IsStored(X509Certificate2 root) => stored.Bundle.Find(CertificateFingerprint.Of(root)) is not null;
    }
}
