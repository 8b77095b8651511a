using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.Sealing;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.State;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Tests.Sealing;

/// <summary>Members with keys of their own on one state, without anything between them: what one proposes, all have applied.</summary>
internal sealed class SealedCluster : IDisposable
{
    private readonly List<SealedMember> members = [];
    private readonly ScratchFolder scratch = new();
    private int commands;
    private long index;

    /// <param name="sealsFromTheStart">As a cluster of this version is founded; else as one of an older version.</param>
    public SealedCluster(bool sealsFromTheStart = true)
    {
        Founder = NewMember();
        Peer peer = new() { NodeId = Founder.Id, Advertise = "a.example.org:9901", Role = Role.Voter, Keys = { TestMachine.Key(Founder.Id) } };
        Found found = new() { ClusterId = "cluster", Peer = peer };
        if (sealsFromTheStart)
        {
            peer.SealKey = Founder.Keys.Current.PublicKey;
            found.SealingKeys.AddRange(NewSealingKey.Audiences.Select(audience => NewSealingKey.For("cluster", audience, [peer])));
        }

        Must(new Command { Found = found });
        Leader = Founder;
    }

    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.FromUnixTimeMilliseconds(TestMachine.Start));

    public StateStore Store { get; } = new();

    public ClusterState State => Store.State;

    public SealedMember Founder { get; }

    public SealedMember Leader { get; set; }

    /// <summary>Every command that was applied, as it would be in the log.</summary>
    public List<Command> Log { get; } = [];

    /// <summary>A member joins; it tells its key unless it is of an older version.</summary>
    public SealedMember Join(Role role = Role.Voter, bool tellsKey = true)
    {
        SealedMember member = NewMember();
        string token = $"e-{member.Id[..16]}";
        Must(new Command
        {
            CreateEnrollment = new CreateEnrollment
            {
                Enrollment = new PendingEnrollment
                {
                    Id = token, Role = role, AutoApprove = true, PublicKey = ByteString.CopyFromUtf8("key"), ExpiresMs = TestMachine.Start + 3_600_000,
                },
            },
        });
        EnrollmentClaim claim = new() { NodeId = member.Id, Advertise = "b.example.org:9901", Key = TestMachine.Key(member.Id) };
        Must(new Command { ClaimEnrollment = new ClaimEnrollment { Id = token, Claim = claim } });
        Must(new Command { MarkJoined = new MarkJoined { NodeId = member.Id } });
        if (tellsKey)
            TellKey(member);
        return member;
    }

    public void TellKey(SealedMember member) => Must(
        new Command { SetSealKey = new SetSealKey { NodeId = member.Id, PublicKey = member.Keys.Current.PublicKey } }, member.Id);

    public void Remove(SealedMember member) => Must(new Command { RemovePeer = new RemoveById { Id = member.Id } }, Leader.Id);

    public Outcome Run(Command command, string? proposer = null)
    {
        Command stamped = command.Clone();
        stamped.Proposer = proposer ?? Founder.Id;
        stamped.AtMs = Clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (stamped.Id.IsEmpty)
            stamped.Id = ByteString.CopyFrom([.. BitConverter.GetBytes(++commands), .. new byte[12]]);
        Log.Add(stamped.Clone());
        Outcome outcome = Store.Apply(++index, 1, stamped);
        // Applying must not change the command: it goes to others, too.
        Assert.Equal(Log[^1], stamped);
        return outcome;
    }

    public string Must(Command command, string? proposer = null)
    {
        Outcome outcome = Run(command, proposer);
        Assert.True(outcome.Status == OutcomeStatus.Done, $"{outcome.Reason}: {outcome.Message}");
        return outcome.Id;
    }

    /// <summary>As a member proposes it: with an id, sealed.</summary>
    public Outcome Propose(Command command, SealedMember? at = null)
    {
        Command mine = command.Clone();
        mine.Id = ByteString.CopyFrom([.. BitConverter.GetBytes(++commands), .. new byte[12]]);
        return (at ?? Leader).Sealer.Seal(mine) ?? Run(mine, (at ?? Leader).Id);
    }

    /// <summary>A webhook alert with a secret, sealed as it is proposed.</summary>
    public Alert AddAlert(string name = "ops", string secret = "hunter2hunter2")
    {
        Alert alert = TestMachine.Alert(name);
        alert.Secret = secret;
        Outcome outcome = Propose(new Command { PutAlert = new PutAlert { Alert = alert } });
        Assert.True(outcome.Status == OutcomeStatus.Done, outcome.Message);
        return State.Alerts.TryGet(outcome.Id, out Alert? added) ? added : throw new InvalidOperationException();
    }

    public Check AddCheck(string name = "web", string bearer = "letmein-letmein")
    {
        Check check = TestMachine.Check(name);
        check.Http = new HttpOptions { Bearer = new Secret { Text = bearer } };
        Outcome outcome = Propose(new Command { PutCheck = new PutCheck { Check = check } });
        Assert.True(outcome.Status == OutcomeStatus.Done, outcome.Message);
        return State.Checks.TryGet(outcome.Id, out Check? added) ? added : throw new InvalidOperationException();
    }

    /// <summary>Lets every member do its chores until nobody has any.</summary>
    public void Settle()
    {
        for (int round = 0; round < 100; round++)
        {
            bool any = false;
            foreach (SealedMember member in members.Where(m => State.Peers.ContainsKey(m.Id)))
            {
                if (member.Chores.Next() is { } tend)
                {
                    any = true;
                    Must(new Command { TendSealing = tend }, member.Id);
                }
            }

            if (!any)
                return;
        }

        Assert.Fail("the chores never end");
    }

    /// <summary>The secret of the alert as that member opens it; null when it cannot.</summary>
    public string? Open(SealedMember member, Alert alert, string field = "secret") =>
        State.Alerts.TryGet(alert.Id, out Alert? now) && member.Ring.TryOpen(new SecretPlace(alert.Id, field), now.Secrets[field].Sealed.Span, out string text, out _)
            ? text : null;

    public string? Open(SealedMember member, Check check) =>
        State.Checks.TryGet(check.Id, out Check? now) && member.Ring.TryOpen(new SecretPlace(check.Id, "bearer"), now.Http.Bearer.Sealed.Span, out string text, out _)
            ? text : null;

    /// <summary>Starts the member anew: what it knew from before is gone.</summary>
    public SealedMember Restart(SealedMember member)
    {
        members.Remove(member);
        SealedMember again = new(this, member.NodeId, member.Folder);
        members.Add(again);
        if (Leader == member)
            Leader = again;
        return again;
    }

    public void Dispose()
    {
        foreach (SealedMember member in members)
            member.Dispose();
        scratch.Dispose();
    }

    private SealedMember NewMember()
    {
        NodeId id = NodeId.New();
        SealedMember member = new(this, id, Path.Combine(scratch.Path, id.ToString()));
        members.Add(member);
        return member;
    }
}

/// <summary>One member: its key file, and the rooms that use it.</summary>
internal sealed class SealedMember : IDisposable
{
    public SealedMember(SealedCluster cluster, NodeId nodeId, string folder)
    {
        (NodeId, Folder) = (nodeId, folder);
        Directory.CreateDirectory(folder);
        Keys = SealKeys.Open(folder);
        Ring = new Keyring(nodeId, Keys, cluster.Store);
        Sealer = new CommandSealer(Ring, cluster.Store);
        Chores = new SealingChores(
            nodeId, Ring, cluster.Store, () => cluster.Leader.NodeId,
            (command, _) => Task.FromResult(new ProposalResult(cluster.Run(command, Id), Sent: true)), cluster.Clock, NullLogger.Instance);
    }

    public NodeId NodeId { get; }

    public string Folder { get; }

    public string Id => NodeId.ToString();

    public SealKeys Keys { get; }

    public Keyring Ring { get; }

    public CommandSealer Sealer { get; }

    public SealingChores Chores { get; }

    public void Dispose() => Keys.Dispose();
}
