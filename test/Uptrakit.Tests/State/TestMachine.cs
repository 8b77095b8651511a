using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.State;

/// <summary>A state machine with one founder, and short words for commands.</summary>
internal sealed class TestMachine
{
    public const long Start = 1_750_000_000_000;
    public const string Founder = "11111111-1111-4111-8111-111111111111";

    private int commands;

    public TestMachine() =>
        Must(new Command { Found = new Found { ClusterId = "cluster", Peer = PeerOf(Founder, "founder") } });

    public ClusterState State { get; private set; } = ClusterState.Empty;

    public long Index { get; private set; }

    public long NowMs { get; set; } = Start;

    /// <summary>False: as in a log of before a leader asked for it.</summary>
    public bool TellsEnds { get; set; } = true;

    public static ByteString Pin(string of) => ByteString.CopyFrom(SHA256.HashData(Encoding.UTF8.GetBytes(of)));

    public static PeerKey Key(string of) => new() { SpkiSha256 = Pin(of), Certificate = ByteString.CopyFromUtf8("certificate of " + of) };

    public static string NodeOf(int number) => $"22222222-2222-4222-8222-{number:x12}";

    public static Peer PeerOf(string nodeId, string key, Role role = Role.Voter) =>
        new() { NodeId = nodeId, Advertise = "node.example.org:9901", Role = role, Keys = { Key(key) } };

    public static Check Check(string name, string id = "") => new()
    {
        Id = id,
        Name = name,
        Type = CheckType.Http,
        Enabled = true,
        Target = "https://www.example.org/",
        IntervalMs = 30_000,
        TimeoutMs = 10_000,
    };

    public static Alert Alert(string name, bool isDefault = false, string id = "") => new()
    {
        Id = id,
        Name = name,
        Type = AlertType.Webhook,
        Enabled = true,
        IsDefault = isDefault,
        Url = "https://hooks.example.org/x",
    };

    public static EnrollmentClaim Claim(int node, string key) =>
        new() { NodeId = NodeOf(node), Advertise = "joiner.example.org:9901", Key = Key(key) };

    /// <summary>Goes on from another state, such as one that an older version has left.</summary>
    public void Begin(ClusterState state) => State = state;

    public Outcome Run(Command command, string proposer = Founder)
    {
        Command stamped = command.Clone();
        stamped.Proposer = proposer;
        stamped.AtMs = NowMs;
        stamped.TellsEnds = TellsEnds;
        if (stamped.Id.IsEmpty)
            stamped.Id = ByteString.CopyFrom(BitConverter.GetBytes(++commands).Concat(new byte[12]).ToArray());
        (State, Outcome outcome) = CommandApplier.Apply(State, ++Index, stamped);
        return outcome;
    }

    /// <summary>Runs a command that has to succeed, and gives the id of what it made.</summary>
    public string Must(Command command, string proposer = Founder)
    {
        Outcome outcome = Run(command, proposer);
        Assert.True(outcome.Status == OutcomeStatus.Done, $"{outcome.Reason}: {outcome.Message}");
        return outcome.Id;
    }

    /// <summary>Runs a command that has to be refused, and makes sure that it changed nothing but the memory of itself.</summary>
    public Outcome MustRefuse(Command command, RefusalReason reason, string proposer = Founder)
    {
        byte[] before = Configuration();
        Outcome outcome = Run(command, proposer);
        Assert.Equal((OutcomeStatus.Refused, reason), (outcome.Status, outcome.Reason));
        Assert.NotEmpty(outcome.Message);
        Assert.Equal(before, Configuration());
        return outcome;
    }

    public string AddCheck(string name) => Must(new Command { PutCheck = new PutCheck { Check = Check(name) } });

    public string AddAlert(string name, bool isDefault = false) =>
        Must(new Command { PutAlert = new PutAlert { Alert = Alert(name, isDefault) } });

    public string Invite(string id, bool auto = false, Role role = Role.Voter, long lifeMs = 3_600_000, string name = "") => Must(new Command
    {
        CreateEnrollment = new CreateEnrollment
        {
            Enrollment = new PendingEnrollment
            {
                Id = id,
                Name = name,
                Role = role,
                AutoApprove = auto,
                PublicKey = ByteString.CopyFromUtf8("public key"),
                ExpiresMs = NowMs + lifeMs,
            },
        },
    });

    public static Command ClaimOf(string id, int node, string key) => new() { ClaimEnrollment = new ClaimEnrollment { Id = id, Claim = Claim(node, key) } };

    public static Command ApproveOf(string id, string key) => new() { ApproveEnrollment = new ApproveEnrollment { Id = id, SpkiSha256 = Pin(key) } };

    /// <summary>Enrolls a member whose key is named like the number of its node.</summary>
    public string Join(int node, Role role = Role.Voter)
    {
        string id = $"e-{node:x16}";
        Invite(id, auto: true, role);
        return Must(ClaimOf(id, node, node.ToString()));
    }

    /// <summary>The state without its memory of commands.</summary>
    public byte[] Configuration()
    {
        StateSnapshot snapshot = State.ToSnapshot();
        snapshot.Recent.Clear();
        return snapshot.ToByteArray();
    }
}
