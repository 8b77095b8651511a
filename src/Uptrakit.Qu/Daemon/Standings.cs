using Grpc.Core;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Qu.Daemon;

/// <summary>How the votes stand now: the leader knows, the others ask it.</summary>
internal sealed class Standings(NodeId self, Func<NodeId?> leader, PeerChannels channels, IReportSink own, TimeProvider clock)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);

    /// <summary>By check id; empty when there is no leader to ask, so that the committed numbers are shown.</summary>
    /// <param name="votesOf">The checks whose votes are asked for one by one, at most 512.</param>
    public async Task<Dictionary<string, CheckStanding>> NowAsync(IReadOnlyCollection<string> votesOf, CancellationToken cancel)
    {
        StandingReply? reply = leader() is not { } to ? null : to == self ? own.Standing(votesOf) : await AskAsync(to, votesOf, cancel).ConfigureAwait(false);
        return reply?.Checks.ToDictionary(static c => c.CheckId, StringComparer.Ordinal) ?? [];
    }

    private async Task<StandingReply?> AskAsync(NodeId to, IReadOnlyCollection<string> votesOf, CancellationToken cancel)
    {
        if (channels.For(to) is not { } client)
            return null;
        try
        {
            return await client.StandingAsync(
                new StandingRequest { VotesOf = { votesOf } }, deadline: clock.GetUtcNow().UtcDateTime + Deadline, cancellationToken: cancel).ResponseAsync.ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is RpcException or ObjectDisposedException)
        {
            return null;
        }
    }
}
