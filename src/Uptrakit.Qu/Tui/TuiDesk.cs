using Grpc.Core;
using Uptrakit.Qu.Commands;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Tui;

/// <summary>Does what the view orders, by the same work as the commands, and brings back their words.</summary>
internal sealed class TuiDesk(DaemonClient daemon, string socket, TimeProvider clock)
{
    private const int Points = 120;
    private const int MostOutages = 10;
    private const int MostPastEvents = 200;
    private const string Rehearsed = "down";
    private static readonly TimeSpan Looked = TimeSpan.FromHours(1);
    private static readonly TimeSpan PastTime = TimeSpan.FromDays(1);

    public Task<TuiMessage> RefreshAsync(string? watched, CancellationToken cancel) => AskAsync(
        async () =>
        {
            StatusReply status = await daemon.StatusAsync(cancel, watched is null ? [] : [watched]);
            ReadReply state = await daemon.ReadAsync(new ReadRequest { Alerts = true }, cancel);
            return new TuiMessage.Refreshed(status, state.Alerts);
        },
        static why => new TuiMessage.Lost(why));

    /// <summary>Without an answer the list begins empty: a daemon of an older version does not tell.</summary>
    public Task<TuiMessage> PastEventsAsync(CancellationToken cancel) => AskAsync(
        async () => new TuiMessage.PastEvents(
            (await daemon.OutagesAsync(new OutagesRequest { SpanMs = (long)PastTime.TotalMilliseconds, AtMost = MostPastEvents }, cancel)).Outages),
        static _ => new TuiMessage.PastEvents([]));

    public async Task<TuiMessage> DoAsync(TuiOrder order, CancellationToken cancel)
    {
        if (order is TuiOrder.LookBack look)
            return await LookBackAsync(look.CheckId, cancel);
        using StringWriter said = new();
        using StringWriter data = new();
        Terminal terminal = new("qu", TextReader.Null, data, said, interactive: false, colour: false);
        int code;
        try
        {
            code = await WorkAsync(order, terminal, cancel);
        }
        catch (RpcException fault)
        {
            code = DaemonFault.Report(terminal, socket, fault);
        }

        return new TuiMessage.Told(WordsOf(said.ToString()), code != (int)ExitCode.Done);
    }

    private Task<int> WorkAsync(TuiOrder order, Terminal terminal, CancellationToken cancel)
    {
        CheckWork checks = new(daemon, terminal, clock);
        AlertWork alerts = new(daemon, terminal);
        return order switch
        {
            TuiOrder.AddCheck add when Kinds.TryParse(add.Type, out CheckType type) =>
                checks.AddAsync(type, new Commands.CheckEdits(Name: add.Name, Target: add.Target, Interval: add.Interval), cancel),
            TuiOrder.AddAlert add when Kinds.TryParse(add.Type, out AlertType type) =>
                alerts.AddAsync(type, new Commands.AlertEdits { Name = add.Name, Url = add.Url, IsDefault = add.IsDefault }, cancel),
            TuiOrder.Remove { Kind: Tab.Checks } remove => checks.RemoveAsync(remove.Id, cancel),
            TuiOrder.Remove { Kind: Tab.Alerts } remove => alerts.RemoveAsync(remove.Id, cancel),
            TuiOrder.Remove remove => new NodeWork(daemon, terminal, clock).RemoveAsync(remove.Id, yes: true, cancel),
            TuiOrder.Enable { Kind: Tab.Checks } enable => checks.EnableAsync(enable.Id, enable.On, cancel),
            TuiOrder.Enable enable => alerts.EnableAsync(enable.Id, enable.On, cancel),
            TuiOrder.MakeDefault set => alerts.EditAsync(set.AlertId, new Commands.AlertEdits { IsDefault = set.On }, cancel),
            TuiOrder.Test { Kind: Tab.Checks } test => RehearseAsync(checks, test.Id, terminal, cancel),
            TuiOrder.Test test => alerts.TestAsync(test.Id, cancel),
            _ => Task.FromResult(terminal.Fail(ExitCode.Usage, "that cannot be done")),
        };
    }

    /// <summary>As 'qu check test'; the table of it has no room here.</summary>
    private static async Task<int> RehearseAsync(CheckWork checks, string id, Terminal terminal, CancellationToken cancel)
    {
        int code = await checks.TestAsync(id, Rehearsed, cancel);
        if (code == (int)ExitCode.Done)
            terminal.Say("delivered by every alert that would tell of it");
        return code;
    }

    private async Task<TuiMessage> LookBackAsync(string checkId, CancellationToken cancel) => await AskAsync(
        async () =>
        {
            HistoryReply reply = await daemon.HistoryAsync(
                new HistoryRequest { Checks = { checkId }, SpanMs = (long)Looked.TotalMilliseconds, Points = Points, Outages = MostOutages }, cancel);
            return reply.Fault.Length > 0 ? new TuiMessage.PastOf(checkId, null, reply.Fault) : new TuiMessage.PastOf(checkId, reply, "");
        },
        why => new TuiMessage.PastOf(checkId, null, why));

    private async Task<TuiMessage> AskAsync(Func<Task<TuiMessage>> ask, Func<string, TuiMessage> failed)
    {
        try
        {
            return await ask();
        }
        catch (RpcException fault)
        {
            using StringWriter said = new();
            DaemonFault.Report(new Terminal("qu", TextReader.Null, TextWriter.Null, said, interactive: false, colour: false), socket, fault);
            return failed(WordsOf(said.ToString()));
        }
    }

    /// <summary>What a command would have said, in one line.</summary>
    private static string WordsOf(string said) => string.Join("; ", said
        .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        .Select(static line => line.StartsWith("qu: ", StringComparison.Ordinal) ? line["qu: ".Length..] : line));
}
