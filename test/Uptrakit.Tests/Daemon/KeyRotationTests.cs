using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Qu.Control;
using Uptrakit.Qu.Daemon;
using Uptrakit.Quorum.Membership;
using Uptrakit.Quorum.Sealing;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Tests.Checks;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Trust;
using Uptrakit.Trust.Identity;
using Uptrakit.Trust.Pins;

namespace Uptrakit.Tests.Daemon;

public sealed class KeyRotationTests : IDisposable
{
    /// <summary>Sooner no member may change its key for secrets again.</summary>
    private const long TenMinutes = 600_000;
    private readonly ScratchFolder scratch = new();
    private readonly DataFolder folder;
    private readonly OneNode node;
    private readonly SealKeys sealKeys;
    private readonly Keyring keyring;
    private OwnIdentity own;

    public KeyRotationTests()
    {
        folder = new(scratch.Path);
        NodeIdentity identity = NodeIdentity.Create(NodeId.New(), KeyType.EcdsaP256, TimeProvider.System);
        identity.Save(folder.Keys);
        node = new(identity);
        own = new(identity);
        sealKeys = SealKeys.Open(folder.Keys);
        keyring = new(identity.NodeId, sealKeys, node.Store);
        node.Apply(new Command { SetSealKey = new SetSealKey { NodeId = node.Self, PublicKey = sealKeys.Current.PublicKey } });
    }

    public void Dispose()
    {
        own.Identity.Dispose();
        sealKeys.Dispose();
        scratch.Dispose();
    }

    [Fact]
    public async Task Rotation_OfANodeThatDoesNotKnowItsClusterYet_ProposesNothing()
    {
        StateStore empty = new();
        List<Command> proposed = [];
        Task<ProposalResult> ProposeAsync(Command command, CancellationToken cancel)
        {
            proposed.Add(command);
            return Task.FromResult(new ProposalResult(null, false));
        }

        FakeTimeProvider clock = new();
        KeyRotation rotation = new(folder, own, empty, new Liveness(clock, NullLogger.Instance), new PeerDirectory(own.NodeId, new PinTable()),
            new SealKeyRotation(keyring, empty, ProposeAsync, NullLogger.Instance), ProposeAsync, clock, NullLogger.Instance);

        Task<RotateKeyReply> rotating = rotation.RotateAsync(KeyType.EcdsaP256, TestContext.Current.CancellationToken);
        await Poll.UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return rotating.IsCompleted;
        });

        Assert.Equal(KnownCluster.NotYet, (await rotating).Message);
        Assert.Empty(proposed);
        Assert.False(NodeIdentity.TryLoadNext(folder.Keys, own.NodeId, out _, out _));
    }

    private Task<RotateKeyReply> RotateAsync()
    {
        PeerDirectory directory = new(own.NodeId, new PinTable());
        directory.Replace(node.Store.State.Peers.Values);
        Liveness liveness = new(TimeProvider.System, NullLogger.Instance);
        SealKeyRotation sealing = new(keyring, node.Store, node.ProposeAsync, NullLogger.Instance);
        KeyRotation rotation = new(folder, own, node.Store, liveness, directory, sealing, node.ProposeAsync, TimeProvider.System, NullLogger.Instance);
        return rotation.RotateAsync(KeyType.EcdsaP256, TestContext.Current.CancellationToken);
    }

    private void Restart()
    {
        Assert.True(NodeIdentity.TryLoad(folder.Keys, own.NodeId, out NodeIdentity? loaded, out string? fault), fault);
        own = new(loaded);
    }

    private NodeIdentity Next()
    {
        NodeIdentity next = NodeIdentity.Create(own.NodeId, KeyType.EcdsaP256, TimeProvider.System);
        next.SaveNext(folder.Keys);
        return next;
    }

    private void AddKey(NodeIdentity key) =>
        Assert.Equal(OutcomeStatus.Done, node.Apply(new Command { AddPeerKey = new AddPeerKey { NodeId = node.Self, Key = OwnKey.Of(key) } }).Status);

    private void OnlyTheShownKeyIsPinned() => Assert.Equal(own.Key(), Assert.Single(node.Me.Keys));

    [Fact]
    public async Task Rotate_Undisturbed_LeavesTheNewKeyAlone()
    {
        PeerKey former = own.Key();
        Google.Protobuf.ByteString formerSealKey = node.Me.SealKey;

        RotateKeyReply reply = await RotateAsync();

        Assert.True(reply.Done, reply.Message);
        Assert.NotEqual(former, own.Key());
        Assert.NotEqual(formerSealKey, node.Me.SealKey);
        Assert.Equal(sealKeys.Current.PublicKey, node.Me.SealKey);
        OnlyTheShownKeyIsPinned();
        Restart();
        OnlyTheShownKeyIsPinned();
    }

    [Fact]
    public async Task Rotate_CutOffAfterTheKeyWasSaved_GoesOnWithIt()
    {
        using NodeIdentity next = Next();
        Restart();

        Assert.True((await RotateAsync()).Done);

        Assert.Equal(next.Fingerprint, own.Fingerprint);
        OnlyTheShownKeyIsPinned();
    }

    [Fact]
    public async Task Rotate_CutOffAfterTheKeyWasPinned_GoesOnWithIt()
    {
        using NodeIdentity next = Next();
        AddKey(next);
        Restart();

        Assert.True((await RotateAsync()).Done);

        Assert.Equal(next.Fingerprint, own.Fingerprint);
        OnlyTheShownKeyIsPinned();
    }

    [Fact]
    public async Task Rotate_PinnedKeyLostFromTheDisk_IsDroppedForAnother()
    {
        using NodeIdentity lost = Next();
        AddKey(lost);
        NodeIdentity.DiscardNext(folder.Keys);
        Restart();

        RotateKeyReply reply = await RotateAsync();

        Assert.True(reply.Done, reply.Message);
        Assert.NotEqual(lost.Fingerprint, own.Fingerprint);
        OnlyTheShownKeyIsPinned();
    }

    [Fact]
    public void OwnEntry_CutOffAfterThePromotion_DropsTheOldKey()
    {
        using NodeIdentity next = Next();
        AddKey(next);
        NodeIdentity.PromoteNext(folder.Keys);
        Restart();
        OwnEntry entry = new(new NodeFile(), own, node.Store, sealKeys, node.ProposeAsync, TimeProvider.System, NullLogger.Instance);

        node.Apply(entry.Correction(node.Me)!);

        OnlyTheShownKeyIsPinned();
        Assert.Null(entry.Correction(node.Me));
    }

    [Fact]
    public void OwnEntry_AnotherSealKeyOnTheDisk_IsTold_ButNotOneThatIsToFollow()
    {
        OwnEntry entry = new(new NodeFile(), own, node.Store, sealKeys, node.ProposeAsync, TimeProvider.System, NullLogger.Instance);
        node.Apply(new Command { SetSealKey = new SetSealKey { NodeId = node.Self, PublicKey = sealKeys.Prepare().PublicKey } });
        Assert.Null(entry.Correction(node.Me));

        using SealKey other = SealKey.Create();
        node.AtMs += TenMinutes;
        node.Apply(new Command { SetSealKey = new SetSealKey { NodeId = node.Self, PublicKey = other.PublicKey } });
        node.AtMs += TenMinutes;
        node.Apply(entry.Correction(node.Me)!);

        Assert.Equal(sealKeys.Current.PublicKey, node.Me.SealKey);
    }

    [Fact]
    public void OwnEntry_BeforeThePromotion_DropsNothing()
    {
        using NodeIdentity next = Next();
        AddKey(next);
        OwnEntry entry = new(new NodeFile(), own, node.Store, sealKeys, node.ProposeAsync, TimeProvider.System, NullLogger.Instance);

        Assert.Null(entry.Correction(node.Me));
    }

    [Fact]
    public void OwnEntry_AnotherAddressInTheFile_IsPutRight()
    {
        OwnEntry entry = new(new NodeFile { Advertise = "b.example:9901" }, own, node.Store, sealKeys, node.ProposeAsync, TimeProvider.System, NullLogger.Instance);

        node.Apply(entry.Correction(node.Me)!);

        Assert.Equal("b.example:9901", node.Me.Advertise);
        Assert.Null(entry.Correction(node.Me));
    }

    [Fact]
    public async Task Rotate_WithoutQuorum_KeepsTheOldKey()
    {
        PeerKey former = own.Key();
        node.HasQuorum = false;

        RotateKeyReply reply = await RotateAsync();

        Assert.True(reply.NoQuorum);
        Assert.Equal(former, own.Key());
        Restart();
        Assert.Equal(former, own.Key());
    }
}
