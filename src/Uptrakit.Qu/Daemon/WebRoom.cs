using System.Net;
using System.Net.Security;
using Microsoft.Extensions.Logging;
using Uptrakit.Qu.Control;
using Uptrakit.Qu.Web;
using Uptrakit.Quorum.Checks.Push;
using Uptrakit.Quorum.History;
using Uptrakit.Quorum.Membership;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Qu.Daemon;

/// <summary>What the pages of <see cref="QuWeb"/> are told by the other rooms of the node.</summary>
internal sealed class WebRoom(
    StateStore store, Standings standings, StatusView status, Func<long> leaderApplied, PushBook beats,
    Func<Command, CancellationToken, Task<ProposalResult>> propose, TimeProvider clock) : IWebState, IWebStanding, IWebHealth, IPushSink, IWebChanges
{
    private static readonly TimeSpan Catch = TimeSpan.FromSeconds(2);
    private const int MostTimes = 200;

    public ClusterState State => store.State;

    /// <summary>The options of the node's file; null when it serves no pages, or a fault.</summary>
    public static (WebOptions? Options, string? Fault) OptionsOf(NodeFile settings, Func<SslStreamCertificateContext> own, TimeProvider clock, ILogger logger)
    {
        if (settings.Http.Length == 0)
            return (null, null);
        OperatorToken? token = null;
        if (settings.HttpTokenFile.Length > 0)
        {
            if (!SecretFile.TryRead(settings.HttpTokenFile, out string text, out string unreadable))
                return (null, $"http_token_file: {unreadable}");
            if (!OperatorToken.TryCreate(text, out token, out string fault))
                return (null, $"http_token_file: {fault}");
        }

        Func<SslStreamCertificateContext>? certificate = settings.HttpTls ? own : null;
        if (settings.HttpCertFile.Length > 0)
        {
            if (!GivenCertificate.TryLoad(settings.HttpCertFile, settings.HttpKeyFile, clock, out GivenCertificate? given, out string fault))
                return (null, fault);
            given!.LogTo(logger);
            certificate = given.Now;
        }
        else if (settings.HttpKeyFile.Length > 0)
        {
            return (null, "http_key_file: there is no http_cert_file beside it");
        }

        return (new WebOptions
        {
            Listen = IPEndPoint.Parse(settings.Http),
            Certificate = certificate,
            Title = settings.HttpTitle,
            PublicUrl = settings.HttpUrl.Length > 0 ? new Uri(settings.HttpUrl) : null,
            Token = token,
            PublicMetrics = settings.PublicMetrics,
        }, null);
    }

    public IReadOnlyList<PlannedWindow> Maintenance(DateTimeOffset from, DateTimeOffset to)
    {
        ClusterState state = store.State;
        List<PlannedWindow> planned = [];
        foreach (MaintenanceWindow window in state.Windows.Values)
        {
            HashSet<string> checks = window.All ? [] : [.. state.Checks.Values.Where(check => MaintenanceWindows.Covers(window, check)).Select(static check => check.Id)];
            foreach ((DateTimeOffset opens, DateTimeOffset closes) in Times(window, from, to))
                planned.Add(new PlannedWindow(window.Id, window.Name, opens, closes, window.All, checks));
        }

        return [.. planned.OrderBy(static window => window.From).Take(MostTimes)];
    }

    public async Task<IReadOnlyDictionary<string, CheckSight>> NowAsync(IReadOnlyCollection<string> votesOf, CancellationToken cancel)
    {
        PresentCounts now = await standings.NowAsync(votesOf, cancel).ConfigureAwait(false);
        Dictionary<string, CheckSight> sights = new(StringComparer.Ordinal);
        foreach (Check check in store.State.Checks.Values)
        {
            if (now.Of(check) is { } standing)
                sights[check.Id] = new CheckSight(standing.Ok, standing.Total, standing.Detail, [.. standing.Votes.Select(Sight)]);
        }

        return sights;
    }

    private static NodeSight Sight(MemberVote vote) => new(
        vote.NodeId,
        !vote.Ok ? ProbeGrade.Down : vote.Warn ? ProbeGrade.Warn : ProbeGrade.Up,
        TimeSpan.FromMicroseconds(vote.LatencyUs),
        vote.Detail,
        TimeSpan.FromMilliseconds(vote.AgeMs))
    {
        Excluded = vote.Excluded,
    };

    public NodeHealth Now()
    {
        StatusReply self = status.Self();
        bool fresh = store.Current.Index >= leaderApplied() && self.Quorum;
        return new NodeHealth(self.NodeId, self.Role, self.Master, self.Quorum, fresh, self.Term, self.Applied,
            [.. self.Peers.Select(static peer => new MemberHealth(
                peer.NodeId, peer.Advertise, peer.Role, peer.Live, peer.LastSeenMs > 0 ? Moments.Of(peer.LastSeenMs) : null,
                peer.Software, TimeSpan.FromMilliseconds(peer.ClockOffsetMs)) { Excluded = peer.Excluded })],
            [.. self.Warnings]);
    }

    public async Task<ProposalResult> ChangeAsync(Command change, CancellationToken cancel)
    {
        change.Id = Proposer.NewId();
        ProposalResult result = await propose(change, cancel).ConfigureAwait(false);
        // If not in time: it is committed, this node just shows it a moment later.
        if (result.Outcome is { Status: OutcomeStatus.Done })
            await store.WaitUntilAsync(now => now.Cluster.Recent.TryGet(change.Id, out _), Catch, clock, cancel).ConfigureAwait(false);
        return result;
    }

    public bool Beat(Check check, string key)
    {
        beats.Accept(check.Id, key);
        return true;
    }

    private static IEnumerable<(DateTimeOffset Opens, DateTimeOffset Closes)> Times(MaintenanceWindow window, DateTimeOffset from, DateTimeOffset to)
    {
        if (window.Cron.Length == 0)
        {
            (DateTimeOffset opens, DateTimeOffset closes) = (Moments.Of(window.FromMs), Moments.Of(window.ToMs));
            if (closes > from && opens < to)
                yield return (opens, closes);
            yield break;
        }

        TimeSpan lasts = TimeSpan.FromMilliseconds(window.LastsMs);
        int count = 0;
        for (DateTimeOffset? opens = MaintenanceWindows.OpensNext(window, from - lasts); opens < to && count++ < MostTimes; opens = MaintenanceWindows.OpensNext(window, opens.Value))
            yield return (opens.Value, opens.Value + lasts);
    }
}
