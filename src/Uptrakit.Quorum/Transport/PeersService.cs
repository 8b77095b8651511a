using Grpc.Core;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.History;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Quorum.Transport;

/// <summary>What this node does for the other members. Who asks is known from the connection's key, never from a message.</summary>
internal sealed class PeersService(
    Liveness liveness, Func<NodeId, Heartbeat> own, LeaderDesk desk, Func<NodeId?> leader, StateStreams streams, IVoterDesk voters, IReportSink reports,
    ResultsDesk results, ILogger<PeersService> logger)
    : Peers.PeersBase
{
    public override Task<Heartbeat> Beat(Heartbeat request, ServerCallContext context)
    {
        NodeId peer = PeerOf(context);
        liveness.Record(peer, request);
        return Task.FromResult(own(peer));
    }

    public override async Task<ProposeReply> Propose(ProposeRequest request, ServerCallContext context)
    {
        NodeId proposer = PeerOf(context);
        if (request.Command is null)
            throw new RpcException(new Status(StatusCode.InvalidArgument, "a proposal needs a change"));
        Outcome? outcome = await desk.CommitForAsync(request.Command, proposer, context.CancellationToken).ConfigureAwait(false);
        if (outcome is { Reason: RefusalReason.NotAllowed })
            logger.ForbiddenProposal(proposer);
        return new ProposeReply { Outcome = outcome, Leader = leader()?.ToString() ?? "" };
    }

    public override Task Report(
        IAsyncStreamReader<ReportBatch> requestStream, IServerStreamWriter<LeaderMessage> responseStream, ServerCallContext context) =>
        reports.ServeAsync(PeerOf(context), requestStream, responseStream, context.CancellationToken);

    public override Task Seed(SeedRequest request, IServerStreamWriter<FollowMessage> responseStream, ServerCallContext context)
    {
        PeerOf(context);
        return streams.SeedAsync(responseStream, context.CancellationToken);
    }

    public override Task Follow(FollowRequest request, IServerStreamWriter<FollowMessage> responseStream, ServerCallContext context)
    {
        PeerOf(context);
        return streams.FollowAsync(request.After, responseStream, context.CancellationToken);
    }

    public override Task<VoterReply> RequestVote(VoterRequest request, ServerCallContext context) =>
        voters.AdmitAsync(PeerOf(context), request.Applied, context.CancellationToken);

    public override Task<StandingReply> Standing(StandingRequest request, ServerCallContext context)
    {
        PeerOf(context);
        return Task.FromResult(reports.Standing(request) ?? throw new RpcException(new Status(StatusCode.FailedPrecondition, "not the master")));
    }

    public override async Task<ResultsReply> Results(ResultsRequest request, ServerCallContext context)
    {
        return await results.AnswerAsync(PeerOf(context), request, context.CancellationToken).ConfigureAwait(false)
            ?? throw new RpcException(new Status(StatusCode.ResourceExhausted, "asked for results before the last ones were there"));
    }

    public override async Task<StandByReply> StandBy(StandByRequest request, ServerCallContext context)
    {
        // Only who leads may move leadership, and only for a moment.
        NodeId peer = PeerOf(context);
        TimeSpan time = TimeSpan.FromMilliseconds(Math.Clamp(request.ForMs, 0, 5000));
        return new StandByReply { StandingBy = leader() == peer && await voters.StandByAsync(time, context.CancellationToken).ConfigureAwait(false) };
    }

    private static NodeId PeerOf(ServerCallContext context) =>
        context.GetHttpContext().Features.Get<PeerConnection>()?.Peer
        ?? throw new RpcException(new Status(StatusCode.Unauthenticated, "this key is not a member's"));
}

/// <summary>Takes the reports of other members while this node leads.</summary>
internal interface IReportSink
{
    /// <summary>How the votes stand. Null: this node does not lead.</summary>
    StandingReply? Standing(StandingRequest request);

    Task ServeAsync(NodeId from, IAsyncStreamReader<ReportBatch> batches, IServerStreamWriter<LeaderMessage> answers, CancellationToken cancel);
}

/// <summary>Changes who votes.</summary>
internal interface IVoterDesk
{
    Task<VoterReply> AdmitAsync(NodeId joiner, long applied, CancellationToken cancel);

    Task<bool> StandByAsync(TimeSpan time, CancellationToken cancel);
}
