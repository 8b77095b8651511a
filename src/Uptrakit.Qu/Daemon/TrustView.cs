using System.Security.Cryptography;
using Google.Protobuf;
using Uptrakit.Quorum.Membership;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Qu.Daemon;

/// <summary>Between the members of the state and <c>trust.yaml</c>.</summary>
internal static class TrustView
{
    public static TrustFile Of(IEnumerable<Peer> peers) => new(
    [
        .. peers.SelectMany(static peer => peer.Keys.Select(key => new TrustEntry(
            peer.NodeId,
            peer.Advertise,
            FingerprintOf(key),
            PemEncoding.WriteString("CERTIFICATE", key.Certificate.Span)))),
    ]);

    public static string FingerprintOf(PeerKey key) =>
        SpkiFingerprint.TryFromBytes(key.SpkiSha256.Span, out SpkiFingerprint? pin) ? pin.ToPrefixedString() : "";

    /// <summary>The members that the file names: what this node trusts before it has a state.</summary>
    public static IEnumerable<Peer> ToPeers(TrustFile file) => file.Entries
        .GroupBy(static e => e.NodeId, StringComparer.Ordinal)
        .Select(static group =>
        {
            Peer peer = new() { NodeId = group.Key, Advertise = group.First().Address, Role = Role.Voter };
            foreach (TrustEntry entry in group)
            {
                if (SpkiFingerprint.TryParse(entry.Fingerprint, out SpkiFingerprint? pin))
                    peer.Keys.Add(new PeerKey { SpkiSha256 = ByteString.CopyFrom(pin.Bytes), Certificate = CertificateOf(entry) });
            }

            return peer;
        });

    private static ByteString CertificateOf(TrustEntry entry)
    {
        PemFields pem = PemEncoding.Find(entry.CertPem);
        return ByteString.CopyFrom(Convert.FromBase64String(entry.CertPem[pem.Base64Data]));
    }
}
