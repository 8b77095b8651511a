using System.Security.Cryptography;
using System.Text;
using Google.Protobuf.Collections;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;
using Change = Uptrakit.Quorum.State.Command;

namespace Uptrakit.Qu.Commands;

/// <summary>What the check commands do.</summary>
internal sealed class CheckWork(DaemonClient daemon, Terminal terminal, TimeProvider clock)
{
    internal async Task<int> AddAsync(CheckType type, CheckEdits edits, CancellationToken cancel)
    {
        ReadReply state = await ReadAsync(cancel);
        TimeSpan interval = edits.Interval ?? Validation.DefaultInterval;
        Check check = new() { Type = type, Enabled = true };
        (edits with { Interval = interval, Timeout = edits.Timeout ?? Validation.DefaultTimeoutFor(interval) }).ApplyTo(check);
        if (Link(check, edits, state) is int refused)
            return refused;
        int code = await daemon.ApplyAsync(
            terminal, new Change { PutCheck = new PutCheck { Check = check } }, $"added check {check.Name}", cancel, isNew: true);
        return Tell(code, check, state);
    }

    internal async Task<int> AddPushAsync(CheckEdits edits, CancellationToken cancel)
    {
        string key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
        CheckField hash = CheckFields.Find("key_sha256")!;
        string sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key)));
        int code = await AddAsync(CheckType.Push, edits with { Fields = [.. edits.Fields.Where(f => f.Field != hash), (hash, [sha256])] }, cancel);
        if (code == (int)ExitCode.Done)
        {
            terminal.Say($"its key, shown this once: {key}");
            terminal.Say("send a beat to any node: curl -fsS -H 'Authorization: Bearer <key>' http://<node>:<http-port>/push/<check-id>");
        }

        return code;
    }

    internal async Task<int> EditAsync(string idOrName, CheckEdits edits, CancellationToken cancel)
    {
        if (edits.AreNone)
            return terminal.Fail(ExitCode.Usage, "nothing to change",
                hint: "name at least one option, for example: qu check edit web --interval 10s");

        ReadReply state = await ReadAsync(cancel);
        if (Find(state, idOrName) is not Check check)
            return NotFound(idOrName);
        if (edits.FaultFor(check.Type) is string fault)
            return terminal.Fail(ExitCode.Usage, fault);

        edits.ApplyTo(check);
        if (Link(check, edits, state) is int refused)
            return refused;
        return Tell(await PutAsync(check, $"changed check {check.Name}", cancel), check, state);
    }

    internal async Task<int> EnableAsync(string idOrName, bool enabled, CancellationToken cancel)
    {
        ReadReply state = await ReadAsync(cancel);
        if (Find(state, idOrName) is not Check check)
            return NotFound(idOrName);
        check.Enabled = enabled;
        return await PutAsync(check, $"{(enabled ? "enabled" : "disabled")} check {check.Name}", cancel);
    }

    internal Task<int> AcknowledgeAsync(string idOrName, Acknowledgement? given, CancellationToken cancel) => daemon.ApplyAsync(
        terminal, new Change { Acknowledge = new Acknowledge { CheckId = idOrName, Acknowledgement = given } },
        given is null ? $"nobody looks after {idOrName} any more" : $"{given.By} looks after {idOrName}", cancel);

    internal Task<int> RemoveAsync(string idOrName, CancellationToken cancel) => daemon.ApplyAsync(
        terminal, new Change { RemoveCheck = new RemoveById { Id = idOrName } }, $"removed check {idOrName}", cancel);

    internal async Task<int> TestAsync(string idOrName, string state, CancellationToken cancel)
    {
        TestCheckReply reply = await daemon.TestCheckAsync(idOrName, state, cancel);
        if (!reply.Found)
            return NotFound(idOrName);
        if (terminal.Json)
            CheckTestView.WriteJson(terminal, reply, state);
        else if (reply.Alerts.Count > 0)
            CheckTestView.WriteTable(terminal, reply);
        if (!reply.Alerts.Any(static alert => alert.Told))
        {
            return terminal.Fail(ExitCode.Failed, $"nobody would be told that {reply.CheckName} is {state}",
                hint: reply.Alerts.Count > 0 ? "'qu alert edit <alert> --on' says which states an alert tells" : "give the check an alert: qu check edit <check> --alerts <alert>");
        }

        int failed = reply.Alerts.Count(static alert => alert is { Told: true, Delivered: false });
        return failed == 0
            ? (int)ExitCode.Done
            : terminal.Fail(ExitCode.Failed, $"{failed} of {reply.Alerts.Count(static alert => alert.Told)} test messages were not delivered");
    }

    internal async Task<int> ListAsync(CancellationToken cancel)
    {
        ReadReply state = await daemon.ReadAsync(new ReadRequest { Checks = true, Alerts = true }, cancel);
        if (terminal.Json)
            CheckView.WriteJson(terminal, state);
        else if (state.Checks.Count == 0)
            terminal.Say("no checks yet; add one: qu check add http web https://example.org/");
        else
            CheckView.WriteTable(terminal, state);
        return (int)ExitCode.Done;
    }

    internal async Task<int> ShowAsync(string idOrName, CancellationToken cancel)
    {
        ReadReply state = await daemon.ReadAsync(new ReadRequest { Checks = true, Alerts = true }, cancel);
        if (Find(state, idOrName) is not Check check)
            return NotFound(idOrName);
        StatusReply status = await daemon.StatusAsync(cancel, check.Id);
        // Outages are the same on every node: only this one is asked.
        HistoryReply past = await daemon.HistoryAsync(
            new HistoryRequest { Checks = { check.Id }, Nodes = { status.NodeId }, SpanMs = (long)CheckSight.Looked.TotalMilliseconds, Outages = CheckSight.MostOutages }, cancel);
        if (status.Checks.FirstOrDefault(row => row.Id == check.Id) is not CheckRow row)
            return NotFound(idOrName);
        CheckSight sight = new(check, row, status, past.Checks.FirstOrDefault(), state);
        if (terminal.Json)
            CheckSightView.WriteJson(terminal, sight);
        else
            CheckSightView.WriteText(terminal, sight, clock);
        return (int)ExitCode.Done;
    }

    private Task<ReadReply> ReadAsync(CancellationToken cancel) =>
        daemon.ReadAsync(new ReadRequest { Fresh = true, Checks = true, Alerts = true, Resolvers = true }, cancel);

    // The version makes a change by somebody else in between a refusal instead of an overwrite.
    private Task<int> PutAsync(Check check, string done, CancellationToken cancel) => daemon.ApplyAsync(
        terminal, new Change { PutCheck = new PutCheck { Check = check, ExpectedChangedIn = check.ChangedIn } }, done, cancel);

    private int Tell(int code, Check check, ReadReply state)
    {
        if (code != (int)ExitCode.Done)
            return code;
        UnreadSecrets.Tell(terminal, check);
        ShadowedResolver.Tell(terminal, check, state.Resolvers);
        return code;
    }

    private int? Link(Check check, CheckEdits edits, ReadReply state)
    {
        foreach (string wanted in (edits.Alerts ?? []).Concat(edits.SuppressAlerts ?? []))
        {
            if (AlertWork.Find(state, wanted) is null)
                return terminal.Fail(ExitCode.Failed, $"no alert '{wanted}'", hint: "'qu alert list' shows them");
        }
        foreach (string wanted in edits.Parents ?? [])
        {
            if (Find(state, wanted) is null)
                return NotFound(wanted);
        }

        Replace(check.AlertIds, edits.Alerts, state);
        Replace(check.SuppressAlertIds, edits.SuppressAlerts, state);
        if (edits.Parents is not null)
        {
            check.ParentIds.Clear();
            check.ParentIds.AddRange(edits.Parents.Select(name => Find(state, name)!.Id).Distinct());
        }

        return null;
    }

    private static void Replace(RepeatedField<string> ids, string[]? wanted, ReadReply state)
    {
        if (wanted is null)
            return;
        ids.Clear();
        ids.AddRange(wanted.Select(name => AlertWork.Find(state, name)!.Id).Distinct());
    }

    private static Check? Find(ReadReply state, string idOrName) =>
        state.Checks.FirstOrDefault(check => check.Id == idOrName)
        ?? state.Checks.FirstOrDefault(check => check.Name == idOrName);

    private int NotFound(string idOrName) =>
        terminal.Fail(ExitCode.Failed, $"no check '{idOrName}'", hint: "'qu check list' shows them");
}
