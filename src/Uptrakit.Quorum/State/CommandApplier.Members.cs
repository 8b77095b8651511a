namespace Uptrakit.Quorum.State;

/// <summary>Enrollments and members.</summary>
internal static partial class CommandApplier
{
    private const int MaxEnrollments = 100;

    /// <summary>A self-signed certificate of RSA-16384 takes 5 KiB; every node keeps each one for good.</summary>
    private const int MaxCertificate = 16 * 1024;

    /// <summary>168 hours: the longest a token may live.</summary>
    public const long MaxTokenLifeMs = 168L * 3600 * 1000;

    private static (ClusterState State, Outcome Outcome) Found(Context c, Found found)
    {
        if (c.State.ClusterId.Length != 0)
            return c.Refuse(RefusalReason.Conflict, "this cluster has been founded already");
        if (found.Peer is null || found.ClusterId.Length == 0)
            return c.Refuse(RefusalReason.Invalid, "a cluster is founded with an id and its first member");
        Peer founder = found.Peer.Clone();
        founder.Joined = true;
        founder.AddedMs = c.Command.AtMs;
        return (c.State with
        {
            ClusterId = found.ClusterId,
            Peers = c.State.Peers.SetItem(founder.NodeId, founder),
            SealingKeys = [.. found.SealingKeys.Select(static key => key.Clone())],
        }, Outcomes.Done(founder.NodeId));
    }

    private static (ClusterState State, Outcome Outcome) CreateEnrollment(Context c, PendingEnrollment? asked)
    {
        if (asked is null || asked.Id.Length == 0 || asked.PublicKey.IsEmpty)
            return c.Refuse(RefusalReason.Invalid, "an enrollment needs an id and a public key");
        PendingEnrollment enrollment = asked.Clone();
        if (enrollment.Name.Length == 0)
            enrollment.Name = enrollment.Id;
        if (Validation.FaultOfName(enrollment.Name) is { } fault && enrollment.Name != enrollment.Id)
            return c.Refuse(RefusalReason.Invalid, fault);
        if (enrollment.ExpiresMs <= c.Command.AtMs || enrollment.ExpiresMs - c.Command.AtMs > MaxTokenLifeMs)
            return c.Refuse(RefusalReason.Invalid, "a token lives longer than nothing and at most 168h");
        if (enrollment.Role is not Role.Voter and not Role.Probe)
            return c.Refuse(RefusalReason.Invalid, "the role of a node is voter or probe");
        c = c with { State = WithoutExpired(c.State, c.Command.AtMs) };
        if (c.State.Enrollments.TryGet(enrollment.Id, out _) || c.State.Consumed.ContainsKey(enrollment.Id))
            return c.Refuse(RefusalReason.Conflict, "this token id exists already");
        if (c.State.Enrollments.IsTaken(enrollment.Name, enrollment.Id))
            return c.Refuse(RefusalReason.NameTaken, $"an enrollment named '{enrollment.Name}' is outstanding; choose another name, or revoke it with 'qu enroll revoke'");
        if (c.State.Enrollments.Count >= MaxEnrollments)
            return c.Refuse(RefusalReason.Limit, $"{MaxEnrollments} enrollments are outstanding; revoke some with 'qu enroll revoke'");

        enrollment.Claim = null;
        enrollment.CreatedMs = c.Command.AtMs;
        enrollment.CreatedBy = c.Command.Proposer;
        return (c.State with { Enrollments = c.State.Enrollments.With(enrollment.Id, enrollment.Name, enrollment, null) }, Outcomes.Done(enrollment.Id));
    }

    private static (ClusterState State, Outcome Outcome) ClaimEnrollment(Context c, ClaimEnrollment request)
    {
        // Whatever a member proposes gets here: what threw would stop every node, now and at every start.
        if (request.Claim is not { Key: not null } claim)
            return c.Refuse(RefusalReason.Invalid, "a claim needs a key");
        if (!c.State.Enrollments.TryGet(request.Id, out PendingEnrollment? enrollment))
            return AnswerAgain(c, request);
        if (c.Command.AtMs >= enrollment.ExpiresMs)
            return c.Refuse(RefusalReason.TokenExpired, "this token has expired; make a new one with 'qu enroll create'");
        if (enrollment.Claim is { } first && !IsSame(first, claim))
            return c.Refuse(RefusalReason.TokenUsed, "this token was used by another machine first; if that was not you, revoke it with 'qu enroll revoke'");
        if (FaultOfNewPeer(c, enrollment, claim) is { } fault)
            return (c.State, fault);

        if (enrollment.AutoApprove)
            return Admit(c, enrollment, claim);
        if (enrollment.Claim is not null)
            return (c.State, Outcomes.Pending(enrollment.Id, "waiting for approval"));

        PendingEnrollment claimed = enrollment.Clone();
        claimed.Claim = claim.Clone();
        claimed.Claim.ClaimedMs = c.Command.AtMs;
        return (c.State with { Enrollments = c.State.Enrollments.With(claimed.Id, claimed.Name, claimed, claimed.Name) },
            Outcomes.Pending(claimed.Id, "waiting for approval"));
    }

    /// <summary>A consumed token answers the key that consumed it, with the same words, until it expires.</summary>
    private static (ClusterState State, Outcome Outcome) AnswerAgain(Context c, ClaimEnrollment request)
    {
        if (!c.State.Consumed.TryGetValue(request.Id, out ConsumedEnrollment? consumed))
            return c.Refuse(RefusalReason.TokenUnknown, "this cluster does not know this token: it was revoked, it expired, or it is another cluster's");
        if (c.Command.AtMs >= consumed.ExpiresMs)
            return c.Refuse(RefusalReason.TokenExpired, "this token has expired; make a new one with 'qu enroll create'");
        bool same = consumed.NodeId == request.Claim.NodeId
            && consumed.SpkiSha256 == request.Claim.Key.SpkiSha256
            && c.State.Peers.ContainsKey(consumed.NodeId);
        return same
            ? (c.State, Outcomes.Done(consumed.NodeId))
            : c.Refuse(RefusalReason.TokenUsed, "this token has been used; make a new one with 'qu enroll create'");
    }

    private static (ClusterState State, Outcome Outcome) ApproveEnrollment(Context c, ApproveEnrollment approve)
    {
        if (!c.State.Enrollments.TryFind(approve.Id, out PendingEnrollment? enrollment))
            return c.Refuse(RefusalReason.NotFound, $"there is no enrollment '{approve.Id}'; 'qu enroll list' shows what is outstanding");
        if (c.Command.AtMs >= enrollment.ExpiresMs)
            return c.Refuse(RefusalReason.TokenExpired, $"enrollment '{enrollment.Name}' has expired; make a new token with 'qu enroll create'");
        if (enrollment.Claim is not { } claim)
            return c.Refuse(RefusalReason.Conflict, $"nobody has used the token of '{enrollment.Name}' yet");
        // What the operator saw is what gets in: between list and approve nothing may slip into its place.
        if (approve.SpkiSha256 != claim.Key.SpkiSha256)
            return c.Refuse(RefusalReason.Conflict, $"the key that claimed '{enrollment.Name}' is not the one that was approved; look again with 'qu enroll list'");
        if (FaultOfNewPeer(c, enrollment, claim) is { } fault)
            return (c.State, fault);
        return Admit(c, enrollment, claim);
    }

    private static (ClusterState State, Outcome Outcome) Admit(Context c, PendingEnrollment enrollment, EnrollmentClaim claim)
    {
        Peer peer = new() { NodeId = claim.NodeId, Advertise = claim.Advertise, Role = enrollment.Role, AddedMs = c.Command.AtMs };
        peer.Keys.Add(claim.Key.Clone());
        ConsumedEnrollment consumed = new()
        {
            Id = enrollment.Id,
            NodeId = claim.NodeId,
            SpkiSha256 = claim.Key.SpkiSha256,
            ExpiresMs = enrollment.ExpiresMs,
        };
        return (c.State with
        {
            Enrollments = c.State.Enrollments.Without(enrollment.Id, enrollment.Name),
            Consumed = c.State.Consumed.SetItem(consumed.Id, consumed),
            Peers = c.State.Peers.SetItem(peer.NodeId, peer),
        }, Outcomes.Done(peer.NodeId));
    }

    private static Outcome? FaultOfNewPeer(Context c, PendingEnrollment enrollment, EnrollmentClaim claim)
    {
        if (!Trust.Identity.NodeId.TryParse(claim.NodeId, out Trust.Identity.NodeId? id) || id.ToString() != claim.NodeId)
            return Outcomes.Refuse(RefusalReason.Invalid, "the NodeID is not a UUID");
        // A token never names an existing identity, nor one that was evicted.
        if (c.State.Peers.ContainsKey(claim.NodeId) || c.State.RemovedNodeIds.Contains(claim.NodeId))
            return Outcomes.Refuse(RefusalReason.NodeIdTaken, "this NodeID belongs or belonged to another member; join again with a fresh data folder");
        if (claim.Key.SpkiSha256.Length != 32 || claim.Key.Certificate.Length > MaxCertificate || IsPinned(c.State, claim.Key))
            return Outcomes.Refuse(RefusalReason.NodeIdTaken, "this key belongs to another member");
        if (Validation.FaultOfAdvertise(claim.Advertise) is { } fault)
            return Outcomes.Refuse(RefusalReason.Invalid, fault);
        if (c.State.Peers.Count >= MaxPeers)
            return Outcomes.Refuse(RefusalReason.Limit, $"this cluster has {MaxPeers} members, which is the limit");
        if (enrollment.Role == Role.Voter && c.State.Peers.Values.Count(static p => p.Role == Role.Voter) >= MaxVoters)
            return Outcomes.Refuse(RefusalReason.Limit, $"this cluster has {MaxVoters} voters, which is the limit; make a token with --role probe");
        return null;
    }

    private static (ClusterState State, Outcome Outcome) RevokeEnrollment(Context c, string idOrName) =>
        c.State.Enrollments.TryFind(idOrName, out PendingEnrollment? enrollment)
            ? (c.State with { Enrollments = c.State.Enrollments.Without(enrollment.Id, enrollment.Name) }, Outcomes.Done(enrollment.Id))
            : c.Refuse(RefusalReason.NotFound, $"there is no enrollment '{idOrName}'; 'qu enroll list' shows what is outstanding");

    private static (ClusterState State, Outcome Outcome) PruneEnrollments(Context c) => (WithoutExpired(c.State, c.Command.AtMs), Outcomes.Done());

    private static ClusterState WithoutExpired(ClusterState state, long nowMs)
    {
        foreach (PendingEnrollment expired in state.Enrollments.Values.Where(e => e.ExpiresMs <= nowMs).ToArray())
            state = state with { Enrollments = state.Enrollments.Without(expired.Id, expired.Name) };
        foreach (ConsumedEnrollment expired in state.Consumed.Values.Where(e => e.ExpiresMs <= nowMs).ToArray())
            state = state with { Consumed = state.Consumed.Remove(expired.Id) };
        return state;
    }

    private static (ClusterState State, Outcome Outcome) RemovePeer(Context c, string nodeId)
    {
        if (!c.State.Peers.TryGetValue(nodeId, out Peer? peer))
            return c.Refuse(RefusalReason.NotFound, $"there is no member {nodeId}; 'qu node list' shows who there is");
        if (peer.Role == Role.Voter && c.State.Peers.Values.Count(static p => p.Role == Role.Voter) == 1)
            return c.Refuse(RefusalReason.NotAllowed, "this is the only voter: a cluster cannot be without one");
        ClusterState next = c.State with { Peers = c.State.Peers.Remove(nodeId), Members = c.State.Members.Remove(nodeId), RemovedNodeIds = c.State.RemovedNodeIds.Add(nodeId) };
        return (WithRetired(next, key => key.Wraps.Any(wrap => wrap.NodeId == nodeId)), Outcomes.Done(nodeId));
    }

    private static (ClusterState State, Outcome Outcome) AddPeerKey(Context c, AddPeerKey add) =>
        ChangeOwnKeys(c, add.NodeId, peer =>
        {
            if (add.Key is null)
                return Outcomes.Refuse(RefusalReason.Invalid, "there is no key to add");
            if (peer.Keys.Any(k => k.SpkiSha256 == add.Key.SpkiSha256))
                return null;
            if (add.Key.SpkiSha256.Length != 32 || add.Key.Certificate.Length > MaxCertificate || IsPinned(c.State, add.Key))
                return Outcomes.Refuse(RefusalReason.NodeIdTaken, "this key belongs to another member");
            if (peer.Keys.Count >= 2)
                return Outcomes.Refuse(RefusalReason.Conflict, "a rotation is under way: its old key must be dropped first");
            peer.Keys.Add(add.Key.Clone());
            return null;
        });

    private static (ClusterState State, Outcome Outcome) DropPeerKey(Context c, DropPeerKey drop) =>
        ChangeOwnKeys(c, drop.NodeId, peer =>
        {
            PeerKey? key = peer.Keys.FirstOrDefault(k => k.SpkiSha256 == drop.SpkiSha256);
            if (key is null)
                return null;
            if (peer.Keys.Count == 1)
                return Outcomes.Refuse(RefusalReason.NotAllowed, "this is the member's only key");
            peer.Keys.Remove(key);
            return null;
        });

    private static (ClusterState State, Outcome Outcome) SetAdvertise(Context c, SetAdvertise set) =>
        ChangeOwnKeys(c, set.NodeId, peer =>
        {
            if (Validation.FaultOfAdvertise(set.Advertise) is { } fault)
                return Outcomes.Refuse(RefusalReason.Invalid, fault);
            peer.Advertise = set.Advertise;
            return null;
        });

    /// <summary>Keys and address are the member's own business: nobody may change another's.</summary>
    private static (ClusterState State, Outcome Outcome) ChangeOwnKeys(Context c, string nodeId, Func<Peer, Outcome?> change)
    {
        if (nodeId != c.Command.Proposer)
            return c.Refuse(RefusalReason.NotAllowed, "a member's keys and address can only be changed by itself");
        Peer peer = c.State.Peers[nodeId].Clone();
        if (change(peer) is { } refusal)
            return (c.State, refusal);
        return (c.State with { Peers = c.State.Peers.SetItem(nodeId, peer) }, Outcomes.Done(nodeId));
    }

    private static (ClusterState State, Outcome Outcome) MarkJoined(Context c, string nodeId)
    {
        if (!c.State.Peers.TryGetValue(nodeId, out Peer? peer) || peer.Joined)
            return (c.State, Outcomes.Done(nodeId));
        Peer joined = peer.Clone();
        joined.Joined = true;
        return (c.State with { Peers = c.State.Peers.SetItem(nodeId, joined) }, Outcomes.Done(nodeId));
    }

    private static bool IsSame(EnrollmentClaim a, EnrollmentClaim b) =>
        a.NodeId == b.NodeId && a.Key.SpkiSha256 == b.Key.SpkiSha256;

    private static bool IsPinned(ClusterState state, PeerKey key) =>
        state.Peers.Values.Any(p => p.Keys.Any(k => k.SpkiSha256 == key.SpkiSha256));
}
