using Google.Protobuf;
using Grpc.Core;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Trust.Identity;

namespace Uptrakit.EndToEnd;

/// <summary>A member speaks for itself, once, and not for the leader: whoever got hold of its data folder can do no more.</summary>
[Collection(nameof(MemberCluster))]
public sealed class MemberVoiceTests(SharedCluster shared) : ClusterTest(shared)
{
    [Fact]
    public async Task Proposal_InAnothersName_CountsAsTheSenders()
    {
        TestNode member = Followers[0];
        using NodeIdentity key = member.LoadIdentity();
        string id = "e-" + Convert.ToHexStringLower(Make.CommandId().Span[..8]);
        Command command = new()
        {
            Id = Make.CommandId(),
            Proposer = Leader.NodeId.ToString(),
            AtMs = 12345,
            CreateEnrollment = new CreateEnrollment
            {
                Enrollment = new PendingEnrollment
                {
                    Id = id,
                    Name = Make.Name("forged"),
                    Role = Role.Voter,
                    PublicKey = ByteString.CopyFrom(new byte[91]),
                    CreatedBy = Leader.NodeId.ToString(),
                    ExpiresMs = TimeProvider.System.GetUtcNow().AddMinutes(1).ToUnixTimeMilliseconds(),
                },
            },
        };

        Outcome outcome = await ProposeAsync(key, command);

        Assert.Equal(OutcomeStatus.Done, outcome.Status);
        PendingEnrollment made = (await TestCluster.ReadAsync(Leader, Cancel)).Enrollments.Single(e => e.Id == id);
        Assert.Equal(member.NodeId.ToString(), made.CreatedBy);
        Assert.True(made.CreatedMs > 1_700_000_000_000, "the time of a command is the leader's");
    }

    [Fact]
    public async Task Proposal_ToChangeAnothersKeyOrAddress_IsRefused()
    {
        using NodeIdentity key = Followers[0].LoadIdentity();
        using NodeIdentity wanted = Enrolling.NewKey();
        string victim = Followers[1].NodeId.ToString();
        PeerKey peerKey = new()
        {
            SpkiSha256 = ByteString.CopyFrom(wanted.Fingerprint.Bytes),
            Certificate = ByteString.CopyFrom(wanted.CertificateDer),
        };

        foreach (Command command in (Command[])
        [
            new() { AddPeerKey = new AddPeerKey { NodeId = victim, Key = peerKey } },
            new() { SetAdvertise = new SetAdvertise { NodeId = victim, Advertise = "127.0.0.1:9" } },
        ])
        {
            command.Proposer = victim;
            command.Id = Make.CommandId();
            Outcome outcome = await ProposeAsync(key, command);
            Assert.Equal((OutcomeStatus.Refused, RefusalReason.NotAllowed), (outcome.Status, outcome.Reason));
        }
    }

    [Fact]
    public async Task Proposal_OfWhatOnlyTheLeaderDecides_IsRefused()
    {
        using NodeIdentity key = Followers[0].LoadIdentity();
        Command[] commands =
        [
            new() { Transition = new Transition { CheckId = "c-000000000000", To = CheckState.Down } },
            new() { Delivered = new Delivered { Ids = { "m-000000000001-000" } } },
            new() { Checkpoint = new Checkpoint() },
            new() { Compact = new Compact { Index = 1 } },
            new() { MarkJoined = new MarkJoined { NodeId = Followers[0].NodeId.ToString() } },
            new() { PruneEnrollments = new PruneEnrollments() },
            new() { Found = new Found { ClusterId = Guid.NewGuid().ToString(), Peer = new Peer() } },
        ];

        foreach (Command command in commands)
        {
            command.Id = Make.CommandId();
            Outcome outcome = await ProposeAsync(key, command);
            Assert.Equal((command.ChangeCase, RefusalReason.NotAllowed), (command.ChangeCase, outcome.Reason));
        }
    }

    [Fact]
    public async Task Reports_OfOneMember_CountOnceHoweverMany()
    {
        await using Target target = await Target.StartAsync();
        await using WebhookReceiver receiver = await WebhookReceiver.StartAsync();
        string name = Make.Name("stuffed");
        string hook = await TestCluster.AddAsync(Leader, Make.Webhook(Make.Name("hook"), receiver.Url), Cancel);
        string id = await TestCluster.AddAsync(Leader, Make.HttpCheck(name, target.Url, hook), Cancel);
        await RowAsync(name, static r => r is { State: "up", Ok: 3 });
        TestNode liar = Followers[0];
        using NodeIdentity key = liar.LoadIdentity();
        await liar.StopAsync(Cancel);

        using PeerCaller caller = new(key, Leader, "127.0.5.1");
        Check check = (await TestCluster.ReadAsync(Leader, Cancel)).Checks.Single(c => c.Id == id);
        for (int stream = 0; stream < 3; stream++)
            await StuffAsync(caller, check);

        CheckRow row = await RowAsync(name, static r => r.Ok == 2);
        Assert.Equal(("up", 2, 3), (row.State, row.Ok, row.Total));
        await Task.Delay(TimeSpan.FromSeconds(2), Cancel); // the time in which a flip would be confirmed
        Assert.Equal("up", (await RowAsync(name, static _ => true)).State);
        Assert.Empty(receiver.All);
    }

    /// <summary>Where a call that timed out took the connection with it, hundreds of reports that waited on it were lost.</summary>
    [Fact]
    public async Task Call_ThatIsGivenUp_EndsNoOtherOnItsConnection()
    {
        using NodeIdentity key = Followers[0].LoadIdentity();
        using PeerCaller caller = new(key, Leader, "127.0.5.3");
        using AsyncDuplexStreamingCall<ReportBatch, LeaderMessage> stream = caller.Peers.Report(deadline: Deadlines.In(60), cancellationToken: Cancel);
        await AcknowledgedAsync(stream, 1);

        for (int i = 0; i < 20; i++)
        {
            using CancellationTokenSource impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            using AsyncUnaryCall<ProposeReply> late = caller.Peers.ProposeAsync(
                new ProposeRequest { Command = Make.IdleCheck(Make.Name("late")) }, deadline: Deadlines.In(30), cancellationToken: impatient.Token);
            // Sooner than anybody could have answered: a deadline of milliseconds is kept on a machine that has nothing else to do.
            await impatient.CancelAsync();
            RpcException left = await Assert.ThrowsAsync<RpcException>(async () => await late);
            Assert.Equal(StatusCode.Cancelled, left.StatusCode);
            await AcknowledgedAsync(stream, i + 2);
        }
    }

    private static async Task AcknowledgedAsync(AsyncDuplexStreamingCall<ReportBatch, LeaderMessage> stream, long number)
    {
        await stream.RequestStream.WriteAsync(new ReportBatch { Sequence = number }, Cancel);
        do
            Assert.True(await stream.ResponseStream.MoveNext(Cancel), "the stream has ended");
        while (stream.ResponseStream.Current.Acknowledged < number);
    }

    private static async Task StuffAsync(PeerCaller caller, Check check)
    {
        using AsyncDuplexStreamingCall<ReportBatch, LeaderMessage> call = caller.Peers.Report(deadline: Deadlines.In(20), cancellationToken: Cancel);
        ReportBatch batch = new() { Sequence = 1 };
        for (int i = 0; i < 100; i++)
            batch.Reports.Add(new ProbeReport { CheckId = check.Id, Ok = false, Detail = $"lie {i}", ChangedIn = check.ChangedIn, LatencyUs = 10 });
        await call.RequestStream.WriteAsync(batch, Cancel);
        while (await call.ResponseStream.MoveNext(Cancel) && call.ResponseStream.Current.Acknowledged < 1)
        {
            // Requests for probes come on the same stream.
        }
    }

    private async Task<CheckRow> RowAsync(string check, Func<CheckRow, bool> wanted)
    {
        CheckRow? row = await Until.SeenAsync(
            $"the votes on {check} are as wanted",
            async c => (await Leader.StatusAsync(c)).Checks.FirstOrDefault(r => r.Name == check),
            r => r is not null && wanted(r),
            TimeSpan.FromSeconds(20),
            Cancel);
        return row!;
    }

    private async Task<Outcome> ProposeAsync(NodeIdentity key, Command command)
    {
        using PeerCaller caller = new(key, Leader, "127.0.5.2");
        ProposeReply reply = await caller.Peers.ProposeAsync(
            new ProposeRequest { Command = command }, deadline: Deadlines.In(10), cancellationToken: Cancel);
        Assert.NotNull(reply.Outcome);
        return reply.Outcome;
    }
}
