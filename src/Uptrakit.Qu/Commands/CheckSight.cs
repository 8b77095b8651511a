using Uptrakit.Qu.Control;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Commands;

/// <summary>All that `qu check show` tells of one check.</summary>
/// <param name="Check">How it is set.</param>
/// <param name="Row">How it stands now, with the votes.</param>
/// <param name="Status">The members.</param>
/// <param name="Past">Uptime and outages; null where nothing is recorded.</param>
/// <param name="State">What it refers to.</param>
internal sealed record CheckSight(Check Check, CheckRow Row, StatusReply Status, CheckHistory? Past, ReadReply State)
{
    internal const int MostOutages = 5;
    internal static readonly TimeSpan Looked = TimeSpan.FromDays(30);

    /// <summary>Every member, and what it sees; null: it is silent.</summary>
    internal IEnumerable<(PeerStatus Member, VoteRow? Vote)> Votes =>
        Status.Peers.Select(member => (member, Row.Votes.FirstOrDefault(vote => vote.NodeId == member.NodeId)));
}
