using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts;

/// <summary>What became of the message of one alert.</summary>
/// <param name="Told">It tells such a change; if not, nothing was sent.</param>
/// <param name="Detail">Why not, or what else is to be said.</param>
internal sealed record RehearsalResult(Alert Alert, bool Told, bool Delivered, string Detail);

/// <summary>Sends a made-up change of a real check to every alert that would be told of it, the way real ones go, but each once.</summary>
internal sealed class Rehearsal(IAlertSender senders, TimeProvider clock, ILogger<OutboxCourier> logger)
{
    private const string Nothing = "a test, nothing has happened";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    /// <summary>The changes that can be rehearsed.</summary>
    internal static IReadOnlyList<string> Words { get; } = ["down", "recovered", "up", "warn", "degraded"];

    internal static bool TryParse(string word, out (CheckState From, CheckState To) change)
    {
        change = word switch
        {
            "down" => (CheckState.Up, CheckState.Down),
            "recovered" => (CheckState.Down, CheckState.Up),
            "up" => (CheckState.Unknown, CheckState.Up),
            "warn" => (CheckState.Up, CheckState.Warn),
            "degraded" => (CheckState.Up, CheckState.Degraded),
            _ => default,
        };
        return change.To != CheckState.Unknown;
    }

    internal async Task<IReadOnlyList<RehearsalResult>> RunAsync(
        ClusterState state, Check check, (CheckState From, CheckState To) change, string nodeId, CancellationToken cancel)
    {
        Alert[] alerts = [.. state.EffectiveAlerts(check)];
        Alert[] told = [.. alerts.Where(alert => IsTold(alert, change))];
        OutboxEntry[] entries = Entries(state, check, change, nodeId, told);
        ConcurrentDictionary<string, SendResult> results = await SendAsync(entries, told, cancel).ConfigureAwait(false);
        return [.. alerts.Select(alert => !told.Contains(alert)
            ? new RehearsalResult(alert, false, false, $"does not tell {Kinds.Text(change.To == CheckState.Up ? change.From : change.To)}")
            : results.GetValueOrDefault(alert.Id) switch
            {
                SendResult.Delivered delivered => new(alert, true, true, delivered.Note),
                SendResult.Failed failed => new(alert, true, false, failed.Reason),
                _ => new(alert, true, false, $"no answer within {Patience.TotalSeconds:0} s"),
            })];
    }

    /// <summary>That a check is up for the first time is told to nobody; who asks for it wants to see the message.</summary>
    private static bool IsTold(Alert alert, (CheckState From, CheckState To) change) =>
        change.From == CheckState.Unknown || Tells.Is(alert, change.From, change.To);

    private OutboxEntry[] Entries(ClusterState state, Check check, (CheckState From, CheckState To) change, string nodeId, Alert[] told)
    {
        string id = "m-test-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        int members = state.Joined.Count();
        string[] nodes = [.. state.Joined.Select(static peer => peer.NodeId).Take(NodeReports.Most)];
        int failing = change.To switch { CheckState.Down => members, CheckState.Degraded => 1, _ => 0 };
        return [.. told.Select((alert, i) =>
        {
            OutboxEntry entry = OutboxEntries.Of(check, MessageKind.Test);
            (entry.Id, entry.AlertId, entry.AtMs, entry.NodeId) = ($"{id}-{i:x3}", alert.Id, now, nodeId);
            (entry.From, entry.To, entry.Ok, entry.Total) = (change.From, change.To, members - failing, members);
            entry.Detail = Nothing;
            entry.Reports.Add(nodes.Select((node, n) => new NodeReport { NodeId = node, Ok = n >= failing, Detail = n < failing ? Nothing : "" }));
            entry.LastedMs = state.StatusOf(check.Id).SettledSinceMs is > 0 and { } since ? Math.Max(0, now - since) : 0;
            return entry;
        })];
    }

    private async Task<ConcurrentDictionary<string, SendResult>> SendAsync(OutboxEntry[] entries, Alert[] told, CancellationToken cancel)
    {
        Once once = new(senders, told.Length);
        if (told.Length == 0)
            return once.Results;
        LocalOutbox outbox = new(id => told.FirstOrDefault(alert => alert.Id == id));
        outbox.Add(entries);
        using Deadline deadline = new(Patience, clock, cancel);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token);
        Task running = new OutboxCourier(outbox, once, clock, logger).RunAsync(stop.Token);
        await Task.WhenAny(running, once.Done.Task).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancel.ThrowIfCancellationRequested();
        return once.Results;
    }

    /// <summary>Keeps what each alert answers first: nobody waits a day for a test.</summary>
    private sealed class Once(IAlertSender senders, int count) : IAlertSender
    {
        public ConcurrentDictionary<string, SendResult> Results { get; } = new(StringComparer.Ordinal);

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask<SendResult> SendAsync(Alert alert, AlertMessage message, CancellationToken cancel)
        {
            SendResult result = await senders.SendAsync(alert, message, cancel).ConfigureAwait(false);
            Results[alert.Id] = result;
            if (Results.Count == count)
                Done.TrySetResult();
            return result is SendResult.Failed failed ? failed with { Retry = false } : result;
        }
    }
}
