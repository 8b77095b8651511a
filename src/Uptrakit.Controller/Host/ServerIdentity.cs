using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Controller.Host;

/// <summary>What the HTTPS port shows: a leaf with its key, and what is sent after it.</summary>
internal sealed class ServerIdentity
{
    public ServerIdentity(X509Certificate2 leaf, IEnumerable<X509Certificate2> intermediates, bool isOperators)
    {
        Leaf = leaf;
        Key = SpkiFingerprint.Of(leaf);
        IsOperators = isOperators;
        // Offline: nothing is fetched to complete the chain, and nothing is stapled.
        Context = SslStreamCertificateContext.Create(leaf, [.. intermediates], offline: true);
    }

    public X509Certificate2 Leaf { get; }

    public SpkiFingerprint Key { get; }

    public bool IsOperators { get; }

    public SslStreamCertificateContext Context { get; }
}

/// <summary>The key that the server showed on this very connection: what the proof of an enrolling Service must name.</summary>
/// <remarks>Set at the handshake and never changed, so that a hot swap in the meantime confuses nothing.</remarks>
internal sealed record ShownKey(SpkiFingerprint Key);
