using CsCheck;
using Google.Protobuf;
using Uptrakit.Quorum.State;
using Check = Uptrakit.Quorum.State.Check;

namespace Uptrakit.Tests.State;

/// <summary>Random but meaningful histories: small pools of names, nodes and ids, so that commands meet each other.</summary>
internal static class StateScript
{
    private const int Kinds = 21;

    public static Gen<Step[]> Steps { get; } =
        Gen.Select(Gen.Int[0, Kinds - 1], Gen.Int[0, 5], Gen.Int[0, 5], Gen.Int[0, 5], static (kind, a, b, c) => new Step(kind, a, b, c))
            .Array[1, 80];

    /// <summary>Runs the steps on a new machine, and gives the log of it: a step may name what earlier ones have made.</summary>
    public static List<Command> Write(Step[] steps)
    {
        List<Command> log = [Stamp(new Command { Found = new Found { ClusterId = "c", Peer = TestMachine.PeerOf(TestMachine.NodeOf(0), "0") } }, 0, 0, 0)];
        ClusterState state = CommandApplier.Apply(ClusterState.Empty, 1, log[0]).State;
        foreach (Step step in steps)
        {
            Command command = Stamp(ToCommand(step, state), log.Count, step.B == 5 ? step.C : 0, step.A == 4 ? step.B : log.Count);
            log.Add(command);
            state = CommandApplier.Apply(state, log.Count, command).State;
        }

        return log;
    }

    private static Command Stamp(Command command, int place, int proposer, int id)
    {
        command.Id = ByteString.CopyFrom([.. BitConverter.GetBytes(id), .. new byte[12]]);
        command.Proposer = TestMachine.NodeOf(proposer);
        command.AtMs = TestMachine.Start + (place * 1000L);
        command.TellsEnds = place % 8 != 0;
        return command;
    }

    private static Command ToCommand(Step s, ClusterState state)
    {
        string check = Nth(state.Checks.Values.Select(static c => c.Id), s.A);
        string alert = Nth(state.Alerts.Values.Select(static a => a.Id), s.B);
        string enrollment = $"e-{s.A:x16}";
        return s.Kind switch
        {
            0 or 1 => new Command { PutCheck = new PutCheck { Check = CheckOf(s, "") } },
            2 => new Command { PutCheck = new PutCheck { Check = CheckOf(s, check), ExpectedChangedIn = s.C } },
            3 => new Command { RemoveCheck = new RemoveById { Id = s.B == 0 ? $"check-{s.A}" : check } },
            4 => new Command { PutAlert = new PutAlert { Alert = TestMachine.Alert($"alert-{s.A}", s.B == 0) } },
            5 => new Command { PutAlert = new PutAlert { Alert = Edited(s, alert) } },
            6 => new Command { RemoveAlert = new RemoveById { Id = alert, ExpectedChangedIn = s.C == 1 ? 3 : 0 } },
            7 => new Command { SetResolvers = new SetResolvers { Resolvers = { "192.0.2.1", $"192.0.2.{s.A}:53" } } },
            8 or 9 => new Command
            {
                CreateEnrollment = new CreateEnrollment
                {
                    Enrollment = new PendingEnrollment
                    {
                        Id = enrollment,
                        Name = s.B == 0 ? "" : $"name-{s.B}",
                        Role = s.B < 3 ? Role.Voter : Role.Probe,
                        AutoApprove = s.C < 3,
                        PublicKey = ByteString.CopyFromUtf8("key"),
                        ExpiresMs = TestMachine.Start + (s.B * 20_000L),
                    },
                },
            },
            10 or 11 => TestMachine.ClaimOf(enrollment, s.B, s.C.ToString()),
            12 => TestMachine.ApproveOf(enrollment, s.C.ToString()),
            13 => new Command { RevokeEnrollment = new RemoveById { Id = $"name-{s.A}" } },
            14 => new Command { RemovePeer = new RemoveById { Id = TestMachine.NodeOf(s.A) } },
            15 => new Command { AddPeerKey = new AddPeerKey { NodeId = TestMachine.NodeOf(s.C), Key = TestMachine.Key($"k{s.A}") } },
            16 => new Command { MarkJoined = new MarkJoined { NodeId = TestMachine.NodeOf(s.A) } },
            17 or 18 => new Command { Transition = new Transition { CheckId = check, From = (CheckState)(s.B % 3), To = (CheckState)(s.C % 3), Ok = s.A, Total = 5 } },
            19 => new Command { Delivered = new Delivered { Ids = { Nth(state.Outbox.Keys, s.A) } } },
            _ => Other(s, check, alert),
        };
    }

    private static Command Other(Step s, string check, string alert) => s.A switch
    {
        0 => new Command { Checkpoint = new Checkpoint() },
        1 => new Command { Compact = new Compact { Index = s.B } },
        2 => new Command { PruneEnrollments = new PruneEnrollments() },
        3 => new Command { DropPeerKey = new DropPeerKey { NodeId = TestMachine.NodeOf(s.C), SpkiSha256 = TestMachine.Pin(s.C.ToString()) } },
        4 => new Command { SetAdvertise = new SetAdvertise { NodeId = TestMachine.NodeOf(s.C), Advertise = $"host-{s.B}.example.org:9901" } },
        _ => new Command
        {
            ApplyEdit = new ApplyEdit
            {
                BaseVersion = s.C,
                RemoveChecks = { new RemoveById { Id = check } },
                RemoveAlerts = { new RemoveById { Id = alert } },
                PutChecks = { new PutCheck { Check = CheckOf(s, "") } },
            },
        },
    };

    private static Check CheckOf(Step s, string id)
    {
        Check check = TestMachine.Check($"check-{s.A}", id);
        check.Enabled = s.B != 1;
        return check;
    }

    private static Alert Edited(Step s, string id)
    {
        Alert alert = TestMachine.Alert($"alert-{s.A}", s.A % 2 == 0, s.C == 0 ? "" : id);
        alert.Enabled = s.C != 1;
        alert.AfterMs = s.C == 2 ? 60_000 : 0;
        return alert;
    }

    private static string Nth(IEnumerable<string> ids, int n)
    {
        string[] all = ids.ToArray();
        return all.Length == 0 ? "nothing" : all[n % all.Length];
    }
}

internal sealed record Step(int Kind, int A, int B, int C);
