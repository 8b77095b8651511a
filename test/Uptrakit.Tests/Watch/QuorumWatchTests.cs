using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Watch;
using Uptrakit.Tests.Alerts;
using Uptrakit.Tests.Checks;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Tests.Watch;

/// <summary>A node that sees no quorum says so by itself: nothing can be committed then.</summary>
public sealed class QuorumWatchTests : IAsyncDisposable
{
    private readonly FakeTimeProvider clock = new(DateTimeOffset.FromUnixTimeMilliseconds(TestAlerts.At));
    private readonly NodeId self = NodeId.New();
    private readonly StateStore store = new();
    private readonly LocalOutbox outbox;
    private readonly CollectingLogger<QuorumWatch> log = new();
    private readonly QuorumWatch watch;
    private readonly CancellationTokenSource stop = new();
    private Task courier = Task.CompletedTask;
    private long index;
    private QuorumSight sight = new(true, false, "");

    public QuorumWatchTests()
    {
        outbox = new(id => store.State.Alerts.TryGet(id, out Alert? alert) ? alert : null);
        watch = new(self, store, () => sight, outbox, clock, log);
        Apply(new Command
        {
            Found = new Found { ClusterId = "c", Peer = new Peer { NodeId = self.ToString(), Advertise = "a:1", Role = Role.Voter, Keys = { new PeerKey() } } },
        });
        Alert("ops", watches: true);
        Alert("team", watches: false);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await courier.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    [Fact]
    public void Loss_ThatLastsAMinute_IsToldOnceAndItsEndOnce()
    {
        See(quorum: true, 5);
        See(quorum: false, 59);
        Assert.Empty(Told());

        See(quorum: false, 600);
        Assert.Equal([MessageKind.QuorumLost], Told());

        See(quorum: true, 8);
        Assert.Equal([MessageKind.QuorumLost], Told());
        See(quorum: true, 600);

        Assert.Equal([MessageKind.QuorumLost, MessageKind.QuorumBack], Told());
        Assert.All(outbox.Pending(), each => Assert.Equal("ops", each.Alert!.Name));
        Assert.Equal(2, outbox.Pending().Select(static each => each.Entry.Id).Distinct().Count());
        Assert.True(outbox.Pending()[1].Entry.LastedMs >= 659_000);
    }

    [Fact]
    public void Losses_OneAfterTheOther_HaveMessagesOfTheirOwn()
    {
        for (int i = 0; i < 3; i++)
        {
            See(quorum: true, 20);
            See(quorum: false, 90);
        }

        See(quorum: true, 20);

        Assert.Equal(6, Told().Length);
        Assert.Equal(6, outbox.Pending().Select(static each => each.Entry.Id).Distinct().Count());
    }

    [Fact]
    public void Loss_ThatPasses_IsNotTold()
    {
        for (int i = 0; i < 20; i++)
        {
            See(quorum: true, 1);
            See(quorum: false, 50);
        }

        Assert.Empty(Told());
    }

    /// <summary>Back for a moment is not back: the end is told when it holds.</summary>
    [Fact]
    public void Quorum_ThatComesForMoments_IsTheSameLoss()
    {
        See(quorum: true, 5);
        See(quorum: false, 90);
        for (int i = 0; i < 10; i++)
        {
            See(quorum: true, 5);
            See(quorum: false, 90);
        }

        Assert.Equal([MessageKind.QuorumLost], Told());
    }

    [Fact]
    public void Node_ThatWasJustStarted_HasLostNothing()
    {
        See(quorum: false, 3600);

        Assert.Empty(Told());
    }

    [Fact]
    public void Node_ThatTheOthersRefuse_IsSilentForTheWholeLoss()
    {
        See(quorum: true, 5);
        See(quorum: false, 10, refused: true);
        See(quorum: false, 600);
        Assert.Empty(Told());

        // Taken in again: the next loss is one.
        See(quorum: true, 20);
        See(quorum: false, 90);
        Assert.Equal([MessageKind.QuorumLost], Told());
    }

    [Fact]
    public void Node_ThatKnowsThatItIsNoMember_IsSilent()
    {
        See(quorum: true, 5);
        store.Replace(new AppliedState(++index, 1, store.State with { Peers = store.State.Peers.Clear() }));

        See(quorum: false, 600);

        Assert.Empty(Told());
    }

    [Fact]
    public async Task Messages_ReceiverFailsFirst_AreRepeatedUnderTheirId()
    {
        FakeSender sender = new();
        int failures = 2;
        sender.Behave = (_, _, _) => ValueTask.FromResult(failures-- > 0 ? new SendResult.Failed("HTTP 503", Retry: true) : SendResult.Done);
        courier = new OutboxCourier(outbox, sender, clock, NullLogger<OutboxCourier>.Instance).RunAsync(stop.Token);
        See(quorum: true, 5);
        See(quorum: false, 61);

        await Poll.UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return outbox.Pending().Count == 0;
        });

        Assert.Equal(3, sender.Sent.Count);
        Assert.Single(sender.Sent.Select(static sent => sent.Id).Distinct());
    }

    /// <summary>It has no key for them, and never will: it would try for a day, and log each time.</summary>
    [Fact]
    public void Probe_TellsOnlyAlertsWhoseSecretsItCanRead()
    {
        Peer me = store.State.Peers[self.ToString()].Clone();
        me.Role = Role.Probe;
        Alert closed = new() { Id = "a-1", Name = "sealed", Enabled = true, WatchesCluster = true, Secrets = { ["url"] = new Secret { Sealed = ByteString.CopyFromUtf8("x") } } };
        Alert named = new() { Id = "a-2", Name = "named", Enabled = true, WatchesCluster = true, Secrets = { ["url"] = new Secret { Text = "file:/x" } } };
        store.Replace(new AppliedState(++index, 1, store.State with
        {
            Peers = store.State.Peers.SetItem(me.NodeId, me),
            Alerts = store.State.Alerts.With("a-1", "sealed", closed, null).With("a-2", "named", named, null),
        }));

        for (int i = 0; i < 2; i++)
        {
            See(quorum: true, 20);
            See(quorum: false, 61);
        }

        See(quorum: true, 20);
        Assert.Equal(["named", "ops"], outbox.Pending().Select(static each => each.Alert!.Name).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(8, outbox.Pending().Count);
        Assert.Single(log.Lines, static line => line.StartsWith("1906 ", StringComparison.Ordinal));
    }

    [Fact]
    public void Outbox_NobodyTakesItsMessages_ForgetsTheOldest()
    {
        outbox.Add(Enumerable.Range(0, LocalOutbox.Most + 5).Select(static i => TestAlerts.Entry($"o-{i}")));

        Assert.Equal(LocalOutbox.Most, outbox.Pending().Count);
        Assert.Equal("o-5", outbox.Pending()[0].Entry.Id);
    }

    private void See(bool quorum, int seconds, bool refused = false)
    {
        sight = new QuorumSight(quorum, refused, "It hears 0 of 2 other members.");
        for (int i = 0; i < seconds; i++)
        {
            watch.Look();
            clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private MessageKind[] Told() => [.. outbox.Pending().Select(static each => each.Entry.Kind)];

    private void Alert(string name, bool watches) => Apply(new Command
    {
        PutAlert = new PutAlert { Alert = new Alert { Name = name, Type = AlertType.Webhook, Enabled = true, Url = "http://unused.test/", WatchesCluster = watches } },
    });

    private void Apply(Command command)
    {
        command.Id = ByteString.CopyFrom(Guid.NewGuid().ToByteArray());
        command.Proposer = self.ToString();
        command.AtMs = 1;
        Outcome outcome = store.Apply(++index, 1, command);
        Assert.True(outcome.Status == OutcomeStatus.Done, outcome.Message);
    }
}
