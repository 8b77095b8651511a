using Google.Protobuf;
using Uptrakit.Qu.Daemon;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Tests.Daemon;

/// <summary>The state of a cluster of one, and a proposer that applies at once, or says that there is no quorum.</summary>
internal sealed class OneNode
{
    private long index;

    public OneNode(NodeIdentity identity)
    {
        Identity = identity;
        Peer founder = new() { NodeId = Self, Advertise = "127.0.0.1:9901", Role = Role.Voter, Keys = { OwnKey.Of(identity) } };
        Apply(new Command { Found = new Found { ClusterId = Guid.NewGuid().ToString(), Peer = founder } });
    }

    public NodeIdentity Identity { get; }

    public StateStore Store { get; } = new();

    public bool HasQuorum { get; set; } = true;

    /// <summary>The time of the commands.</summary>
    public long AtMs { get; set; } = 1;

    public List<Command> Proposed { get; } = [];

    public string Self => Identity.NodeId.ToString();

    public Peer Me => Store.State.Peers[Self];

    public Task<ProposalResult> ProposeAsync(Command command, CancellationToken cancel)
    {
        Proposed.Add(command);
        return Task.FromResult(HasQuorum ? new ProposalResult(Apply(command), true) : new ProposalResult(null, false));
    }

    public Outcome Apply(Command command)
    {
        Command stamped = command.Clone();
        stamped.Proposer = Self;
        stamped.AtMs = AtMs;
        stamped.Id = ByteString.CopyFrom(Guid.NewGuid().ToByteArray());
        return Store.Apply(++index, 1, stamped);
    }

    public Outcome PutCheck(string name, string target = "https://example.org/", string id = "") => Apply(new Command
    {
        PutCheck = new PutCheck
        {
            Check = new Check { Id = id, Name = name, Type = CheckType.Http, Enabled = true, Target = target, IntervalMs = 30_000, TimeoutMs = 10_000 },
        },
    });
}
