using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Quorum.Transport;

/// <summary>When each member was last heard from, by this node's clock, and what it said of itself.</summary>
internal sealed class Liveness(TimeProvider clock, ILogger logger)
{
    /// <summary>A member is live if it was heard from within this time; heartbeats come every second.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan ClockTolerance = TimeSpan.FromSeconds(10);
    private const int MaxSoftware = 64;

    /// <summary>Beats of push checks in one heartbeat.</summary>
    internal const int MaxBeats = 1024;
    private readonly ConcurrentDictionary<NodeId, View> views = new();

    /// <summary>What is known of one member.</summary>
    /// <param name="Seen">Timestamp of the last sign of life.</param>
    /// <param name="SeenAt">The same by the calendar.</param>
    /// <param name="LiveSince">Timestamp since when it has been live without a break.</param>
    /// <param name="Last">Its last heartbeat.</param>
    /// <param name="ClockOffset">Its clock minus ours.</param>
    internal sealed record View(long Seen, DateTimeOffset SeenAt, long LiveSince, Heartbeat Last, TimeSpan ClockOffset)
    {
        public bool Lost { get; init; }

        public bool ClockReported { get; init; }
    }

    /// <summary>A member has said something, within bounds.</summary>
    internal event Action<NodeId, Heartbeat>? Heard;

    public void Record(NodeId peer, Heartbeat beat)
    {
        Bound(beat);
        Heard?.Invoke(peer, beat);
        long now = clock.GetTimestamp();
        DateTimeOffset at = clock.GetUtcNow();
        TimeSpan offset = State.Moments.Of(beat.AtMs) - at;
        bool off = offset.Duration() > ClockTolerance;
        views.TryGetValue(peer, out View? before);
        bool unbroken = before is not null && clock.GetElapsedTime(before.Seen, now) <= Window;
        views[peer] = new(now, at, unbroken ? before!.LiveSince : now, beat, offset) { ClockReported = off };
        if (!unbroken)
            logger.PeerLive(peer);
        if (off && before?.ClockReported is not true)
            logger.ClockOff(peer, (int)offset.TotalSeconds);
    }

    /// <summary>What a member says of itself is kept and shown: no more of it than a member can need.</summary>
    private static void Bound(Heartbeat beat)
    {
        while (beat.Heard.Count > CommandApplier.MaxPeers)
            beat.Heard.RemoveAt(beat.Heard.Count - 1);
        for (int i = beat.Heard.Count - 1; i >= 0; i--)
        {
            if (!NodeId.TryParse(beat.Heard[i], out _))
                beat.Heard.RemoveAt(i);
        }

        while (beat.Beats.Count > MaxBeats)
            beat.Beats.RemoveAt(beat.Beats.Count - 1);
        if (!NodeId.TryParse(beat.Leader, out _))
            beat.Leader = "";
        if (beat.Software.Length > MaxSoftware || !beat.Software.All(static c => c is > ' ' and < '\x7f'))
            beat.Software = "?";
    }

    public bool IsLive(NodeId peer) => views.TryGetValue(peer, out View? view) && clock.GetElapsedTime(view.Seen) <= Window;

    /// <summary>How long the member has been live without a break; zero when it is not.</summary>
    public TimeSpan LiveFor(NodeId peer) =>
        IsLive(peer) && views.TryGetValue(peer, out View? view) ? clock.GetElapsedTime(view.LiveSince) : TimeSpan.Zero;

    public View? Of(NodeId peer) => views.GetValueOrDefault(peer);

    public IEnumerable<NodeId> Live => views.Keys.Where(IsLive);

    /// <summary>Logs, once each, who has fallen silent.</summary>
    public void Watch()
    {
        foreach ((NodeId peer, View view) in views)
        {
            if (!view.Lost && !IsLive(peer) && views.TryUpdate(peer, view with { Lost = true }, view))
                logger.PeerLost(peer, (int)Window.TotalSeconds);
        }
    }

    public void Forget(IEnumerable<NodeId> members)
    {
        HashSet<NodeId> known = [.. members];
        foreach (NodeId gone in views.Keys.Where(id => !known.Contains(id)))
            views.TryRemove(gone, out _);
    }
}
