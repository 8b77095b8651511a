using Grpc.Core;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Qu.Daemon;

/// <summary>How the votes stand now: the leader knows, the others ask it.</summary>
internal sealed class Standings(NodeId self, Func<NodeId?> leader, PeerChannels channels, IReportSink own, TimeProvider clock)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1);

    /// <summary>None when there is no leader to ask, so that the committed numbers are shown.</summary>
    /// <param name="votesOf">The checks whose votes are asked for one by one, at most 512.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<PresentCounts> NowAsync(IReadOnlyCollection<string> votesOf, CancellationToken cancel)
    {
        StandingRequest request = new() { VotesOf = { votesOf }, Exceptions = true };
        StandingReply? reply = leader() is not { } to ? null : to == self ? own.Standing(request) : await AskAsync(to, request, cancel).ConfigureAwait(false);
        return new PresentCounts(reply);
    }

    private async Task<StandingReply?> AskAsync(NodeId to, StandingRequest request, CancellationToken cancel)
    {
        if (channels.For(to) is not { } client)
            return null;
        try
        {
            return await client.StandingAsync(request, deadline: clock.GetUtcNow().UtcDateTime + Deadline, cancellationToken: cancel).ResponseAsync.ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is RpcException or ObjectDisposedException)
        {
            return null;
        }
    }
}
