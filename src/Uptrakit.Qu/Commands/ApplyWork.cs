using Grpc.Core;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.Configuration;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Change = Uptrakit.Quorum.State.Command;

namespace Uptrakit.Qu.Commands;

/// <summary>What `qu apply` does: reads, compares, shows, and proposes all of it as one change.</summary>
internal sealed class ApplyWork(DaemonClient daemon, Terminal terminal)
{
    // The id, the proposer and the time come on top.
    private const int MaxEdit = LeaderDesk.MaxCommand - 1024;

    internal async Task<int> RunAsync(string file, bool dryRun, bool prune, CancellationToken cancel)
    {
        string name = InputText.NameOf(file);
        InputText text = await InputText.ReadAsync(file, terminal, ClusterYaml.MaxBytes, cancel);
        if (text.Fault is not null)
            return terminal.Fail(ExitCode.Usage, $"{name}: {text.Fault}");

        YamlFaults faults = new();
        if (Declaration.Read(text.Value!, prune, faults) is not { } declaration)
            return Tell(name, faults);
        Plan? plan;
        try
        {
            plan = Plan.Make(await daemon.PresentAsync(cancel), declaration, prune, faults);
        }
        catch (RpcException) when (faults.Count > 0)
        {
            // A broken file is broken whether or not somebody answers.
            return Tell(name, faults);
        }

        if (plan is null)
            return Tell(name, faults);
        if (!terminal.Json)
            PlanView.Write(terminal, plan);
        if (plan.Changes.Count == 0 || dryRun)
            return Unchanged(plan, dryRun);
        if (plan.Edit.CalculateSize() is var size && size > MaxEdit)
        {
            if (terminal.Json)
                PlanView.WriteJson(terminal, plan, version: null);
            return terminal.Fail(ExitCode.Failed, $"the change is {size / 1024 / 1024 + 1} MiB large, and one change is at most 4 MiB",
                hint: "apply the file in parts: alerts first, then some of the checks");
        }

        return await ProposeAsync(plan, cancel);
    }

    private int Unchanged(Plan plan, bool dryRun)
    {
        if (terminal.Json)
            PlanView.WriteJson(terminal, plan, version: null);
        terminal.Say(plan.Changes.Count == 0 ? "no changes" : dryRun ? "nothing was changed: this is a dry run" : "");
        return (int)ExitCode.Done;
    }

    private async Task<int> ProposeAsync(Plan plan, CancellationToken cancel)
    {
        ChangeReply reply = await daemon.ChangeAsync(new Change { ApplyEdit = plan.Edit }, cancel);
        bool done = !reply.NoQuorum && reply.Outcome?.Status == OutcomeStatus.Done;
        if (terminal.Json)
            PlanView.WriteJson(terminal, plan, done ? reply.Outcome!.Version : null);
        if (Answer.Refusal(terminal, reply) is int refused)
            return refused;
        terminal.Say($"applied; the configuration is at version {reply.Outcome!.Version}");
        Doubts(plan.Edit);
        return (int)ExitCode.Done;
    }

    private void Doubts(ApplyEdit edit)
    {
        foreach (PutAlert put in edit.PutAlerts)
            UnreadSecrets.Tell(terminal, put.Alert);
        foreach (PutCheck put in edit.PutChecks)
            UnreadSecrets.Tell(terminal, put.Check);
    }

    private int Tell(string name, YamlFaults faults)
    {
        foreach (YamlFault fault in faults.Found.OrderBy(static fault => fault.Line).ThenBy(static fault => fault.Column))
            terminal.Say(fault.Line == 0 ? $"{name}: {fault.Message}" : $"{name}:{fault.Line}:{fault.Column}: {fault.Message}");
        return terminal.Fail(ExitCode.Usage, $"{(faults.IsFull ? "at least " : "")}{faults.Count} {(faults.Count == 1 ? "fault" : "faults")} in {name}; nothing was changed");
    }
}
