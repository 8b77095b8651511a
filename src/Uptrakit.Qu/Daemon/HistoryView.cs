using Uptrakit.Qu.Control;
using Uptrakit.Quorum.History;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Qu.Daemon;

/// <summary>What was: for the cluster from the committed flips, which every node has, and for each member from its own results.</summary>
internal sealed class HistoryView(
    StateStore store, PeerDirectory directory, HistoryReader history, ResultsDesk own,
    Func<NodeId, ResultsRequest, CancellationToken, Task<MemberAnswer>> ask, TimeProvider clock)
{
    private const int MostOutages = 1000;

    public async Task<HistoryReply> HistoryAsync(HistoryRequest request, CancellationToken cancel)
    {
        if (ChecksOf(request, out string? fault) is not { } checks || MembersOf(request, out fault) is not { } members)
            return new HistoryReply { Fault = fault };

        DateTimeOffset to = clock.GetUtcNow();
        DateTimeOffset from = Begin(to, request.SpanMs);
        HistoryReply reply = new() { FromMs = from.ToUnixTimeMilliseconds(), ToMs = to.ToUnixTimeMilliseconds() };
        // Members are asked while this node reads what all of them have.
        Task<(Peer Member, MemberAnswer Answer)[]> asked = checks.Count <= ResultsDesk.MostChecks
            ? AskAllAsync(members, QuestionOf(checks, reply, request.Points), cancel)
            : Task.FromResult(Array.Empty<(Peer, MemberAnswer)>());
        reply.Checks.AddRange(await Task.Run(() => checks.ConvertAll(check => Of(check, from, to, request.Outages, cancel)), cancel).ConfigureAwait(false));
        foreach ((Peer member, MemberAnswer answer) in await asked.ConfigureAwait(false))
            Take(reply, member, answer);
        return reply;
    }

    public OutagesReply Outages(OutagesRequest request)
    {
        DateTimeOffset to = clock.GetUtcNow();
        ClusterState state = store.State;
        OutagesReply reply = new();
        foreach (Outage outage in history.Outages(null, Begin(to, request.SpanMs), to, Math.Clamp(request.AtMost, 1, MostOutages)))
        {
            OutageRow row = Row(outage);
            row.CheckId = outage.CheckId;
            row.Name = state.Checks.TryGet(outage.CheckId, out Check? check) ? check.Name : "";
            reply.Outages.Add(row);
        }

        return reply;
    }

    private static DateTimeOffset Begin(DateTimeOffset to, long spanMs) => to.AddMilliseconds(-Math.Clamp(spanMs, 1, (long)TimeSpan.FromDays(3660).TotalMilliseconds));

    private List<Check>? ChecksOf(HistoryRequest request, out string? fault)
    {
        ClusterState state = store.State;
        fault = null;
        if (request.Checks.Count == 0)
            return [.. state.Checks.Values.OrderBy(static check => check.Name, StringComparer.Ordinal)];
        List<Check> checks = [];
        foreach (string wanted in request.Checks.Distinct())
        {
            if (!state.Checks.TryFind(wanted, out Check? check))
            {
                fault = $"no check '{wanted}'; 'qu check list' shows them";
                return null;
            }

            if (!checks.Contains(check))
                checks.Add(check);
        }

        return checks;
    }

    private List<Peer>? MembersOf(HistoryRequest request, out string? fault)
    {
        fault = null;
        if (request.Nodes.Count == 0)
            return [.. directory.All.Values];
        List<Peer> members = [];
        foreach (string wanted in request.Nodes)
        {
            Peer[] found = [.. directory.All.Values.Where(peer => peer.Advertise == wanted || (wanted.Length > 0 && peer.NodeId.StartsWith(wanted, StringComparison.OrdinalIgnoreCase)))];
            if (found.Length != 1)
            {
                fault = $"{(found.Length == 0 ? "no member" : "more than one member")} '{wanted}'; 'qu node list' shows them";
                return null;
            }

            if (!members.Contains(found[0]))
                members.Add(found[0]);
        }

        return members;
    }

    private static ResultsRequest QuestionOf(List<Check> checks, HistoryReply range, int points)
    {
        ResultsRequest question = new() { FromMs = range.FromMs, ToMs = range.ToMs, Points = points };
        question.CheckIds.AddRange(checks.Select(static check => check.Id));
        return question;
    }

    private Task<(Peer Member, MemberAnswer Answer)[]> AskAllAsync(List<Peer> members, ResultsRequest question, CancellationToken cancel) =>
        Task.WhenAll(members.Select(async member => (member, await AskOneAsync(member, question, cancel).ConfigureAwait(false))));

    private async Task<MemberAnswer> AskOneAsync(Peer member, ResultsRequest question, CancellationToken cancel)
    {
        if (member.NodeId != directory.Self.ToString())
            return NodeId.TryParse(member.NodeId, out NodeId? id) ? await ask(id, question, cancel).ConfigureAwait(false) : new(null, "has no NodeID");
        return new(await own.AnswerAsync(null, question, cancel).ConfigureAwait(false), "");
    }

    private CheckHistory Of(Check check, DateTimeOffset from, DateTimeOffset to, int outages, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        Uptime uptime = history.UptimeOf(check.Id, from, to);
        CheckHistory told = new()
        {
            Id = check.Id,
            Name = check.Name,
            UpMs = (long)uptime.Up.TotalMilliseconds,
            DownMs = (long)uptime.Down.TotalMilliseconds,
            LeftOutMs = (long)uptime.LeftOut.TotalMilliseconds,
        };
        if (outages > 0)
            told.Outages.AddRange(history.Outages(check.Id, from, to, Math.Min(outages, MostOutages)).Select(Row));
        return told;
    }

    /// <summary>Another member's answer is taken for what was asked and for nothing else, and no more of it than was asked for.</summary>
    private static void Take(HistoryReply reply, Peer member, MemberAnswer answer)
    {
        string fault = answer.Results is { Cut: true } ? "did not tell all of it in time" : answer.Fault;
        reply.Nodes.Add(new NodeAnswer { NodeId = member.NodeId, Advertise = member.Advertise, Fault = fault });
        if (answer.Results is null)
            return;
        foreach (CheckHistory check in reply.Checks)
        {
            if (answer.Results.Checks.FirstOrDefault(told => told.CheckId == check.Id) is not { } results)
                continue;
            while (results.Points.Count > ResultsDesk.MostPoints)
                results.Points.RemoveAt(results.Points.Count - 1);
            check.Nodes.Add(new NodeResults { NodeId = member.NodeId, Results = results });
        }
    }

    private static OutageRow Row(Outage outage) => new()
    {
        FromMs = outage.From.ToUnixTimeMilliseconds(),
        ToMs = outage.To?.ToUnixTimeMilliseconds() ?? 0,
        Detail = outage.Detail,
    };
}
