using Uptrakit.Qu.Commands;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Tui;

/// <summary>Tells what has happened between two looks at the cluster.</summary>
internal static class EventFinder
{
    public static IEnumerable<TuiEvent> Between(StatusReply before, StatusReply now, DateTimeOffset at)
    {
        if (before.Quorum != now.Quorum)
            yield return now.Quorum ? new(at, Tone.Good, "there is a quorum again") : new(at, Tone.Bad, $"no quorum: {now.QuorumNeeded} of {now.Voters} are needed");
        if (before.Master != now.Master)
            yield return now.Master.Length > 0 ? new(at, Tone.Plain, $"{NameOf(now.Master, now)} is master now") : new(at, Tone.Bad, "nobody is master");
        foreach (TuiEvent one in Members(before, now, at).Concat(Checks(before, now, at)))
            yield return one;
    }

    /// <summary>Begin and end of outages that were before the first look.</summary>
    public static IEnumerable<TuiEvent> Of(IEnumerable<OutageRow> outages)
    {
        foreach (OutageRow outage in outages)
        {
            string name = outage.Name.Length > 0 ? outage.Name : outage.CheckId;
            yield return new(Moments.Of(outage.FromMs), Tone.Bad, Words($"{name} went down", outage.Detail));
            if (outage.ToMs > 0)
                yield return new(Moments.Of(outage.ToMs), Tone.Good, Plain.Line($"{name} is not down any more, after {Times.Lasting(outage.ToMs - outage.FromMs)}"));
        }
    }

    private static IEnumerable<TuiEvent> Members(StatusReply before, StatusReply now, DateTimeOffset at)
    {
        Dictionary<string, PeerStatus> known = before.Peers.DistinctBy(static peer => peer.NodeId).ToDictionary(static peer => peer.NodeId);
        foreach (PeerStatus peer in now.Peers)
        {
            string name = NameOf(peer.NodeId, now);
            if (!known.Remove(peer.NodeId, out PeerStatus? former))
                yield return new(at, Tone.Plain, $"member {name} is new");
            else if (former.Live != peer.Live)
                yield return peer.Live ? new(at, Tone.Good, $"member {name} is back") : new(at, Tone.Bad, $"member {name} is lost");
        }

        foreach (PeerStatus gone in known.Values)
            yield return new(at, Tone.Plain, $"member {NameOf(gone.NodeId, before)} was removed");
    }

    private static IEnumerable<TuiEvent> Checks(StatusReply before, StatusReply now, DateTimeOffset at)
    {
        Dictionary<string, CheckRow> known = before.Checks.DistinctBy(static check => check.Id).ToDictionary(static check => check.Id);
        foreach (CheckRow check in now.Checks)
        {
            if (!known.Remove(check.Id, out CheckRow? former))
                yield return new(at, Tone.Plain, Plain.Line($"check {check.Name} is new"));
            else if (former.State != check.State)
                yield return new(WhenOf(former, check, at), StateWords.ToneOf(check.State), Words($"{check.Name}: {former.State} → {check.State}", check.Detail));
            else if (former.SinceMs != check.SinceMs && former.SinceMs > 0)
                yield return new(WhenOf(former, check, at), StateWords.ToneOf(check.State), Words($"{check.Name} changed, and is {check.State} again", check.Detail));
        }

        foreach (CheckRow gone in known.Values)
            yield return new(at, Tone.Plain, Plain.Line($"check {gone.Name} was removed"));
    }

    /// <summary>The cluster says when it flipped; switching on and off has no time of its own.</summary>
    private static DateTimeOffset WhenOf(CheckRow former, CheckRow now, DateTimeOffset at) => now.SinceMs > former.SinceMs ? Moments.Of(now.SinceMs) : at;

    private static string Words(string what, string detail) => Plain.Line(detail.Length > 0 ? $"{what}: {detail}" : what);

    private static string NameOf(string nodeId, StatusReply status)
    {
        string address = status.Peers.FirstOrDefault(peer => peer.NodeId == nodeId)?.Advertise ?? "";
        return Plain.Line($"{nodeId.Split('-')[0]} {address}".TrimEnd());
    }
}
