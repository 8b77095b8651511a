using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.Quorum.Transport;

/// <summary>The one thing that an unknown key may ask for: to be enrolled with a token whose secret it proves to know.</summary>
internal sealed class EnrollmentService(
    StateStore store, OwnIdentity own, Proposer proposer, AddressBucket bucket, Func<long> leaderApplied, TimeProvider clock, ILogger<EnrollmentService> logger)
    : Enrollment.EnrollmentBase
{
    private static readonly TimeSpan Catch = TimeSpan.FromSeconds(2);

    public override async Task<EnrollReply> Enroll(EnrollRequest request, ServerCallContext context)
    {
        PeerConnection who = context.GetHttpContext().Features.Get<PeerConnection>()
            ?? throw new RpcException(new Status(StatusCode.Unauthenticated, "no client certificate"));
        EndPoint? from = context.GetHttpContext().Connection.RemoteIpAddress is { } ip ? new IPEndPoint(ip, context.GetHttpContext().Connection.RemotePort) : null;
        if (!bucket.TryTake(context.GetHttpContext().Connection.RemoteIpAddress))
            throw new RpcException(new Status(StatusCode.ResourceExhausted, "too many attempts from this address; wait a minute"));
        if (store.State.Peers.TryGetValue(own.NodeId.ToString(), out Peer? self) && self.Role == Role.Probe)
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "this node only probes; use an endpoint of a voter"));

        Outcome outcome = await DecideAsync(request, who, context.CancellationToken).ConfigureAwait(false);
        if (outcome.Status == OutcomeStatus.Refused)
            logger.EnrollmentRefused(from, outcome.Reason.ToString());
        else
            logger.EnrollmentAnswered(Printable(request.TokenId), outcome.Status.ToString(), request.NodeId, who.Key);
        return await AnswerAsync(request, outcome, context.CancellationToken).ConfigureAwait(false);
    }

    private async Task<Outcome> DecideAsync(EnrollRequest request, PeerConnection who, CancellationToken cancel)
    {
        // Name checks first: nothing below may meet a name that could drive a log or a terminal.
        if (request.TokenId.Length > 64 || request.NodeId.Length > 64 || request.Advertise.Length > 300 || request.Nonce.Length != 32)
            return Outcomes.Refuse(RefusalReason.Invalid, "the request is malformed");
        DateTimeOffset now = clock.GetUtcNow();
        if (now < who.Leaf.NotBefore || now > who.Leaf.NotAfter)
            return Outcomes.Refuse(RefusalReason.Invalid, $"your certificate is not valid now: the clocks differ (here it is {now:u})");

        await CatchUpAsync(s => s.Enrollments.TryGet(request.TokenId, out _) || s.Consumed.ContainsKey(request.TokenId), cancel).ConfigureAwait(false);
        // A consumed or unknown token is answered by the log; only an open one carries the key that its proof is checked with.
        if (store.State.Enrollments.TryGet(request.TokenId, out PendingEnrollment? enrollment))
        {
            ProofInput proof = new(request.TokenId, own.Fingerprint, who.Key, request.Nonce.ToByteArray(), request.NodeId, request.Advertise);
            if (!EnrollmentProof.Verify(enrollment.PublicKey.Span, proof, request.Proof.Span))
                return Outcomes.Refuse(RefusalReason.TokenUnknown, "the token's secret was not proven");
        }
        else if (store.State.Consumed.TryGetValue(request.TokenId, out ConsumedEnrollment? consumed))
        {
            // There is nothing to check a proof with any more, and only the key that consumed it may hear the answer again:
            // whoever else knows the token's id must not be able to fill the log with claims.
            if (consumed.NodeId != request.NodeId || !consumed.SpkiSha256.Span.SequenceEqual(who.Key.Bytes))
                return Outcomes.Refuse(RefusalReason.TokenUsed, "this token has been used; make a new one with 'qu enroll create'");
        }
        else
        {
            return Outcomes.Refuse(RefusalReason.TokenUnknown, "this cluster does not know this token: it was revoked, it expired, or it is another cluster's");
        }

        return await ClaimAsync(request, who, cancel).ConfigureAwait(false);
    }

    private async Task<Outcome> ClaimAsync(EnrollRequest request, PeerConnection who, CancellationToken cancel)
    {
        // The key is the connection's, never the message's: what is claimed is what was proven in the handshake.
        EnrollmentClaim claim = new()
        {
            NodeId = request.NodeId,
            Advertise = request.Advertise,
            Key = new PeerKey
            {
                SpkiSha256 = ByteString.CopyFrom(who.Key.Bytes),
                Certificate = ByteString.CopyFrom(who.Leaf.RawData),
            },
        };
        ProposalResult result = await proposer.ProposeAsync(
            new Command { ClaimEnrollment = new ClaimEnrollment { Id = request.TokenId, Claim = claim } }, cancel).ConfigureAwait(false);
        return result.Outcome
            ?? throw new RpcException(new Status(StatusCode.Unavailable, "the cluster has no quorum now; the same token may be used again later"));
    }

    private async Task<EnrollReply> AnswerAsync(EnrollRequest request, Outcome outcome, CancellationToken cancel)
    {
        EnrollReply reply = new() { Outcome = outcome };
        if (outcome.Status == OutcomeStatus.Refused)
            return reply;
        await CatchUpAsync(s => outcome.Status != OutcomeStatus.Done || s.Peers.ContainsKey(request.NodeId), cancel).ConfigureAwait(false);
        reply.ClusterId = store.State.ClusterId;
        reply.Peers.AddRange(outcome.Status == OutcomeStatus.Done
            ? store.State.Peers.Values
            : store.State.Peers.Values.Where(p => p.NodeId == own.NodeId.ToString()));
        return reply;
    }

    /// <summary>A follower may be a moment behind the leader: it waits until it knows. What it does not know by then, the log decides.</summary>
    private Task<bool> CatchUpAsync(Func<ClusterState, bool> known, CancellationToken cancel) =>
        store.WaitUntilAsync(s => known(s.Cluster) || s.Index >= leaderApplied(), Catch, clock, cancel);

    private static string Printable(string text) => text.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-') ? text : "?";
}
