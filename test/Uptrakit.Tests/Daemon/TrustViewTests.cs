using Uptrakit.Qu.Daemon;
using Uptrakit.Quorum.Membership;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Tests.Daemon;

public sealed class TrustViewTests
{
    [Fact]
    public void TrustFile_WrittenAndRead_NamesTheSameKeys()
    {
        using NodeIdentity old = NodeIdentity.Create(NodeId.New(), KeyType.EcdsaP256, TimeProvider.System);
        using NodeIdentity next = NodeIdentity.Create(old.NodeId, KeyType.Rsa3072, TimeProvider.System);
        using NodeIdentity other = NodeIdentity.Create(NodeId.New(), KeyType.EcdsaP256, TimeProvider.System);
        Peer[] peers =
        [
            new() { NodeId = old.NodeId.ToString(), Advertise = "a.example:9901", Role = Role.Voter, Keys = { OwnKey.Of(old), OwnKey.Of(next) } },
            new() { NodeId = other.NodeId.ToString(), Advertise = "[::1]:9901", Role = Role.Voter, Keys = { OwnKey.Of(other) } },
        ];

        Assert.True(TrustFile.TryParse(TrustView.Of(peers).Render(), out TrustFile? read, out _));

        Assert.Equal(peers, TrustView.ToPeers(read!));
    }
}
