using Uptrakit.Quorum.History;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Qu.Web;

/// <summary>What the pages are made of.</summary>
/// <param name="State">The replicated state.</param>
/// <param name="Standing">How the votes stand now.</param>
/// <param name="Health">This node and the others.</param>
/// <param name="History">The history of this node.</param>
/// <param name="Latest">The last results of this node.</param>
/// <param name="Push">Where the beats of push checks go.</param>
/// <param name="Changes">Where the operator's changes go.</param>
internal sealed record WebSources(
    IWebState State, IWebStanding Standing, IWebHealth Health, HistoryReader History, LatestResults Latest, IPushSink Push, IWebChanges Changes);

/// <summary>Changes that the operator makes here: they go the way of the commands, to the same judge.</summary>
internal interface IWebChanges
{
    /// <summary>What was done is seen here when this returns, unless this node lags.</summary>
    Task<ProposalResult> ChangeAsync(Command change, CancellationToken cancel);
}

/// <summary>The replicated state as this node has applied it.</summary>
internal interface IWebState
{
    ClusterState State { get; }

    /// <summary>Windows that are open or will open in the range, the next first, each time of a repeated one by itself.</summary>
    IReadOnlyList<PlannedWindow> Maintenance(DateTimeOffset from, DateTimeOffset to);
}

/// <summary>One maintenance window at one time.</summary>
/// <param name="Id">Of the window.</param>
/// <param name="Name">What the operator calls it; readers of the status page see it.</param>
/// <param name="From">When it opens.</param>
/// <param name="To">When it closes.</param>
/// <param name="All">It is for every check.</param>
/// <param name="CheckIds">Else for these, tags resolved.</param>
internal sealed record PlannedWindow(string Id, string Name, DateTimeOffset From, DateTimeOffset To, bool All, IReadOnlyCollection<string> CheckIds)
{
    public bool Covers(string checkId) => All || CheckIds.Contains(checkId);
}

/// <summary>Who sees what: the leader knows, the others ask it, with a deadline.</summary>
internal interface IWebStanding
{
    /// <summary>By check id; empty when there is nobody to ask.</summary>
    /// <param name="votesOf">The checks whose votes are asked for one by one, at most 512.</param>
    Task<IReadOnlyDictionary<string, CheckSight>> NowAsync(IReadOnlyCollection<string> votesOf, CancellationToken cancel);
}

/// <summary>How the votes on one check stand.</summary>
internal sealed record CheckSight(int Ok, int Total, string Detail, IReadOnlyList<NodeSight> Nodes);

/// <summary>The newest vote of one member.</summary>
internal sealed record NodeSight(string NodeId, ProbeGrade Grade, TimeSpan Latency, string Detail, TimeSpan Age)
{
    /// <summary>It does not count now.</summary>
    public bool Excluded { get; init; }
}

/// <summary>This node and the others, as it knows them.</summary>
internal interface IWebHealth
{
    NodeHealth Now();
}

/// <summary>How this node is.</summary>
/// <param name="NodeId">Its id.</param>
/// <param name="Role">leader, follower, learner or joining.</param>
/// <param name="Leader">The leader's id, or empty.</param>
/// <param name="Quorum">It sees one.</param>
/// <param name="Fresh">What it has applied is what the leader has, as far as is known here.</param>
/// <param name="Term">The engine's term.</param>
/// <param name="Applied">Place in the log.</param>
/// <param name="Nodes">All members.</param>
/// <param name="Warnings">For the operator.</param>
internal sealed record NodeHealth(
    string NodeId, string Role, string Leader, bool Quorum, bool Fresh, long Term, long Applied, IReadOnlyList<MemberHealth> Nodes,
    IReadOnlyList<string> Warnings);

/// <summary>How a member is, as this node knows.</summary>
internal sealed record MemberHealth(
    string NodeId, string Advertise, string Role, bool Live, DateTimeOffset? LastSeen, string Software, TimeSpan ClockOffset)
{
    /// <summary>Its votes do not count.</summary>
    public bool Excluded { get; init; }
}

/// <summary>Takes the beats of push checks.</summary>
internal interface IPushSink
{
    /// <param name="check">The check.</param>
    /// <param name="key">Its key, as the device has shown it, and as it was found right.</param>
    /// <returns>False: it could not be kept; the device should try again.</returns>
    bool Beat(Check check, string key);
}
