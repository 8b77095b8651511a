using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Quorum.Watch;

/// <summary>How this node stands to the others.</summary>
/// <param name="Quorum">It sees one.</param>
/// <param name="Refused">More than half of the other members, and more than one, answer, prove who they are, and say that this node is none of them.</param>
/// <param name="Words">For the message: whom it hears.</param>
internal readonly record struct QuorumSight(bool Quorum, bool Refused, string Words);

/// <summary>Tells that this node sees no quorum, once for each loss, and once that it does again: by itself, because nothing can be committed then.</summary>
/// <remarks>
/// The alerts are those of the last applied state. A node that has not seen a quorum since it was started has lost none; one that was
/// removed from the cluster has lost nothing that anybody should be woken for. It takes more than half of the others, and more
/// than one, to say that it was: a single compromised machine must not keep it silent. A probe tells only the alerts that have
/// nothing sealed.
/// </remarks>
internal sealed class QuorumWatch(
    NodeId self, StateStore store, Func<QuorumSight> look, LocalOutbox outbox, TimeProvider clock, ILogger<QuorumWatch> logger)
{
    /// <summary>An election, or a restart of a machine, is over by then.</summary>
    internal static readonly TimeSpan Settle = TimeSpan.FromSeconds(60);
    internal static readonly TimeSpan BackAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);
    private bool seen, saidSealed;
    private long? backSince;
    private Loss? loss;

    public async Task RunAsync(CancellationToken cancel)
    {
        using PeriodicTimer timer = new(Period, clock);
        while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false))
            Look();
    }

    internal void Look()
    {
        QuorumSight sight = look();
        if (sight.Quorum)
            Regained();
        else if (seen)
            Lost(sight);
    }

    private void Regained()
    {
        seen = true;
        backSince ??= clock.GetTimestamp();
        if (loss is not { Told: true })
            loss = null;
        else if (clock.GetElapsedTime(backSince.Value) >= BackAfter)
        {
            TimeSpan lasted = clock.GetElapsedTime(loss.Since);
            logger.QuorumBack(lasted, Tell(MessageKind.QuorumBack, loss, lasted, ""));
            loss = null;
        }
    }

    private void Lost(QuorumSight sight)
    {
        backSince = null;
        loss ??= new Loss(clock.GetTimestamp(), clock.GetUtcNow());
        if (loss.Told)
            return;
        // For as long as this loss lasts: who refused us may be unreachable a minute later.
        if (sight.Refused && !loss.Refused)
        {
            loss.Refused = true;
            logger.Refused();
        }

        TimeSpan lasts = clock.GetElapsedTime(loss.Since);
        if (loss.Refused || lasts < Settle || !IsMember())
            return;
        loss.Told = true;
        logger.QuorumLost(lasts, Tell(MessageKind.QuorumLost, loss, lasts, sight.Words));
    }

    private bool IsMember() => store.State.Peers.TryGetValue(self.ToString(), out Peer? me) && me.Joined;

    private int Tell(MessageKind kind, Loss about, TimeSpan lasted, string words)
    {
        string word = kind == MessageKind.QuorumLost ? "lost" : "back";
        List<OutboxEntry> entries = [];
        foreach (Alert alert in AlertsToTell())
        {
            entries.Add(new OutboxEntry
            {
                // The same for each attempt, and nobody else's: node, loss, message.
                Id = $"m-quorum-{self}-{about.At.ToUnixTimeMilliseconds():x}-{word}-{entries.Count:x3}",
                AlertId = alert.Id,
                Kind = kind,
                AtMs = clock.GetUtcNow().ToUnixTimeMilliseconds(),
                NodeId = self.ToString(),
                LastedMs = (long)lasted.TotalMilliseconds,
                Detail = words,
            });
        }

        outbox.Add(entries);
        return entries.Count;
    }

    /// <summary>A probe never gets the key of what alerts have sealed: it would try for a day what it cannot do.</summary>
    private Alert[] AlertsToTell()
    {
        Alert[] watching = [.. store.State.Alerts.Values.Where(static alert => alert is { Enabled: true, WatchesCluster: true })];
        if (store.State.Peers.GetValueOrDefault(self.ToString()) is not { Role: Role.Probe })
            return watching;
        Alert[] open = [.. watching.Where(static alert => alert.Secrets.Values.All(static secret => secret.Sealed.IsEmpty))];
        if (open.Length < watching.Length && !saidSealed)
            logger.NotForProbes(watching.Length - open.Length);
        saidSealed |= open.Length < watching.Length;
        return open;
    }

    private sealed class Loss(long since, DateTimeOffset at)
    {
        public long Since => since;

        public DateTimeOffset At => at;

        public bool Told { get; set; }

        public bool Refused { get; set; }
    }
}
