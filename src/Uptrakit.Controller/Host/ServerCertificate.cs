using Uptrakit.Trust.Digests;

namespace Uptrakit.Controller.Host;

/// <summary>Holds the present identity of the HTTPS port. A new one counts for the next handshake; connections live on.</summary>
internal sealed class ServerCertificate(ILogger<ServerCertificate> logger)
{
    private volatile ServerIdentity? current;

    /// <exception cref="InvalidOperationException">There is none yet.</exception>
    public ServerIdentity Current => current ?? throw new InvalidOperationException("there is no server certificate yet");

    public bool IsReady => current is not null;

    public void Take(ServerIdentity identity, string names)
    {
        current = identity;
        logger.ServerCertificateTaken(
            CertificateFingerprint.Of(identity.Leaf), identity.Key, identity.Leaf.NotAfter.ToUniversalTime(), names);
    }
}
