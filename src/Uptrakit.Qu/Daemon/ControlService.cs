using Google.Protobuf;
using Grpc.Core;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.Sealing;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Enrollment;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Qu.Daemon;

/// <summary>What the command line asks of the daemon. Who gets here is the daemon's own user or root.</summary>
internal sealed class ControlService(
    StateStore store, Proposer proposer, StatusView status, HistoryView past, PeerDirectory directory, OwnIdentity own, KeyRotation rotation,
    AlertSenders senders, Rehearsal rehearsal, ISealedSecrets opener, Func<long> leaderApplied, Func<Quorum.Consensus.Consensus?> consensus, TimeProvider clock)
    : Control.Control.ControlBase
{
    private const int MaxEndpoints = 8;
    private static readonly TimeSpan Catch = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    public override Task<StatusReply> Status(StatusRequest request, ServerCallContext context) => 
        status.StatusAsync(request.VotesOf, context.CancellationToken, request.Terse);

    public override async Task<ReadReply> Read(ReadRequest request, ServerCallContext context)
    {
        if (request.Fresh)
            await FreshenAsync(context.CancellationToken).ConfigureAwait(false);
        ClusterState state = store.State;
        ReadReply reply = new() { Version = state.Version, ClusterId = state.ClusterId, NodeId = own.NodeId.ToString(), Members = state.Peers.Count };
        Unsealed unsealed = new(opener);
        if (request.Peers)
        {
            reply.Peers.AddRange(state.Peers.Values);
            reply.Liveness.AddRange(status.Peers());
        }

        if (request.Checks)
            reply.Checks.AddRange(state.Checks.Values.OrderBy(static c => c.Name, StringComparer.Ordinal).Select(check => request.Secrets ? unsealed.Of(check) : check));
        if (request.Alerts)
            reply.Alerts.AddRange(state.Alerts.Values.OrderBy(static a => a.Name, StringComparer.Ordinal).Select(alert => request.Secrets ? unsealed.Of(alert) : WithoutSecret(alert)));
        if (request.Enrollments)
            reply.Enrollments.AddRange(state.Enrollments.Values);
        if (request.Windows)
            reply.Windows.AddRange(state.Windows.Values.OrderBy(static w => w.Name, StringComparer.Ordinal));
        if (request.States)
            reply.States.AddRange(state.Statuses.Values.OrderBy(static s => s.CheckId, StringComparer.Ordinal));
        if (request.Resolvers)
            reply.Resolvers.AddRange(state.Resolvers);
        reply.Closed.AddRange(unsealed.Closed);
        return reply;
    }

    public override async Task<ChangeReply> Change(ChangeRequest request, ServerCallContext context)
    {
        if (request.Command is null || !MayOperatorAsk(request.Command))
            throw new RpcException(new Status(StatusCode.InvalidArgument, "this is not a change that an operator makes"));
        if (!await KnowsClusterAsync(context.CancellationToken).ConfigureAwait(false))
            return new ChangeReply { NoQuorum = true, Message = KnownCluster.NotYet };
        Command command = request.Command.Clone();
        KeepSecret(command);
        if (FaultOfOptions(command) is { } fault)
            return new ChangeReply { Outcome = Outcomes.Refuse(RefusalReason.Invalid, fault) };
        ProposalResult result = await proposer.ProposeAsync(command, context.CancellationToken).ConfigureAwait(false);
        return await AnswerAsync(result, context.CancellationToken).ConfigureAwait(false);
    }

    public override async Task<CreateEnrollmentReply> CreateEnrollment(CreateEnrollmentRequest request, ServerCallContext context)
    {
        if (!await KnowsClusterAsync(context.CancellationToken).ConfigureAwait(false) || !Guid.TryParse(store.State.ClusterId, out Guid clusterId))
            return new CreateEnrollmentReply { NoQuorum = true, Message = KnownCluster.NotYet };
        if (request.TtlMs is <= 0 or > CommandApplier.MaxTokenLifeMs)
            return new CreateEnrollmentReply { Outcome = Outcomes.Refuse(RefusalReason.Invalid, "a token lives longer than nothing and at most 168h") };
        DateTimeOffset expires = clock.GetUtcNow().AddMilliseconds(request.TtlMs);
        EnrollmentToken token = EnrollmentToken.Mint(clusterId, expires, Endpoints());
        PendingEnrollment enrollment = new()
        {
            Id = token.Id,
            Name = request.Name,
            Role = request.Role == "probe" ? Role.Probe : Role.Voter,
            AutoApprove = request.AutoApprove,
            PublicKey = ByteString.CopyFrom(token.PublicKeyInfo),
            ExpiresMs = token.Expires.ToUnixTimeMilliseconds(),
        };
        ProposalResult result = await proposer.ProposeAsync(
            new Command { CreateEnrollment = new CreateEnrollment { Enrollment = enrollment } }, context.CancellationToken).ConfigureAwait(false);
        await AnswerAsync(result, context.CancellationToken).ConfigureAwait(false);
        CreateEnrollmentReply reply = new() { Outcome = result.Outcome, NoQuorum = result.Outcome is null, Message = result.Outcome is null ? result.Words : "" };
        if (result.Outcome?.Status == OutcomeStatus.Done)
        {
            reply.Token = token.Reveal();
            reply.Id = token.Id;
            reply.ExpiresMs = enrollment.ExpiresMs;
        }

        return reply;
    }

    public override Task<ListTrustReply> ListTrust(ListTrustRequest request, ServerCallContext context)
    {
        ListTrustReply reply = new();
        foreach ((NodeId id, Peer peer) in directory.All.Where(p => p.Key != directory.Self))
        {
            TrustRow row = new() { NodeId = id.ToString(), Address = peer.Advertise };
            row.Fingerprints.AddRange(directory.Pins.PinsOf(id).Select(static pin => pin.ToPrefixedString()));
            reply.Entries.Add(row);
        }

        return Task.FromResult(reply);
    }

    /// <summary>Trust follows membership: a member is distrusted by removing it, on every node at once.</summary>
    public override Task<ChangeReply> RemoveTrust(RemoveTrustRequest request, ServerCallContext context)
    {
        if (!NodeId.TryParse(request.NodeId, out NodeId? id) || !directory.TryGet(id, out _))
            return Task.FromResult(new ChangeReply { Outcome = Outcomes.Refuse(RefusalReason.NotFound, $"there is no trust entry for '{request.NodeId}'; 'qu trust list' shows what there is") });
        if (store.State.Peers.ContainsKey(id.ToString()))
            return Task.FromResult(new ChangeReply { Outcome = Outcomes.Refuse(RefusalReason.NotAllowed, $"{id} is a member; 'qu node remove {id}' takes it out of the cluster and of every node's trust") });
        directory.Remove(id);
        return Task.FromResult(new ChangeReply { Outcome = Outcomes.Done(id.ToString()) });
    }

    public override Task<RotateKeyReply> RotateKey(RotateKeyRequest request, ServerCallContext context) =>
        rotation.RotateAsync(NodeSettings.KeyTypeOf(request.KeyType) ?? KeyType.EcdsaP256, context.CancellationToken);

    public override async Task<TestAlertReply> TestAlert(TestAlertRequest request, ServerCallContext context)
    {
        if (!store.State.Alerts.TryFind(request.Id, out Alert? alert))
            return new TestAlertReply { Message = $"there is no alert '{request.Id}'; 'qu alert list' shows what there is" };
        string id = "m-test-" + Convert.ToHexStringLower(Proposer.NewId().Span[..6]);
        AlertMessage message = AlertMessage.Test(id, own.NodeId.ToString(), clock.GetUtcNow());
        SendResult result = await senders.SendAsync(alert, message, context.CancellationToken).ConfigureAwait(false);
        return new TestAlertReply
        {
            Found = true,
            Delivered = result is SendResult.Delivered,
            Message = result is SendResult.Failed failed ? failed.Reason : "",
        };
    }

    public override async Task<TestCheckReply> TestCheck(TestCheckRequest request, ServerCallContext context)
    {
        ClusterState state = store.State;
        if (!Rehearsal.TryParse(request.State, out (CheckState From, CheckState To) change))
            throw new RpcException(new Status(StatusCode.InvalidArgument, "this is not a change that can be tried"));
        if (!state.Checks.TryFind(request.Id, out Check? check))
            return new TestCheckReply();
        TestCheckReply reply = new() { Found = true, CheckId = check.Id, CheckName = check.Name };
        foreach (RehearsalResult result in await rehearsal.RunAsync(state, check, change, own.NodeId.ToString(), context.CancellationToken).ConfigureAwait(false))
        {
            reply.Alerts.Add(new TestedAlert
            {
                Id = result.Alert.Id,
                Name = result.Alert.Name,
                Type = Kinds.Text(result.Alert.Type),
                Told = result.Told,
                Delivered = result.Delivered,
                Detail = result.Detail,
            });
        }

        return reply;
    }

    public override Task<HistoryReply> History(HistoryRequest request, ServerCallContext context) => past.HistoryAsync(request, context.CancellationToken);

    public override Task<OutagesReply> Outages(OutagesRequest request, ServerCallContext context) => Task.FromResult(past.Outages(request));

    /// <summary>This node first, then the other voters that are live: with the key that each shows now.</summary>
    private List<TokenEndpoint> Endpoints()
    {
        List<TokenEndpoint> endpoints = [];
        IEnumerable<Peer> voters = store.State.Peers.Values
            .Where(p => p.Role == Role.Voter && (p.Joined || p.NodeId == own.NodeId.ToString()))
            .OrderBy(p => p.NodeId == own.NodeId.ToString() ? 0 : 1);
        foreach (Peer peer in voters.Take(MaxEndpoints))
        {
            bool isSelf = peer.NodeId == own.NodeId.ToString();
            if (HostPort.TryParse(peer.Advertise, out string host, out int port)
                && SpkiFingerprint.TryFromBytes(peer.Keys[^1].SpkiSha256.Span, out SpkiFingerprint? pin))
                endpoints.Add(new(host, port, isSelf ? own.Fingerprint : pin));
        }

        return endpoints;
    }

    /// <summary>What was acknowledged here is seen here: the answer waits until this node has applied it.</summary>
    private async Task<ChangeReply> AnswerAsync(ProposalResult result, CancellationToken cancel)
    {
        if (result.Outcome is null)
            return new ChangeReply { NoQuorum = true, Message = result.Words };
        // If not in time: it is committed, this node just shows it a moment later.
        await store.WaitUntilAsync(s => s.Cluster.Version >= result.Outcome.Version, Catch, clock, cancel).ConfigureAwait(false);
        return new ChangeReply { Outcome = result.Outcome };
    }

    private async Task FreshenAsync(CancellationToken cancel)
    {
        // An election takes a moment; without a quorum no moment helps.
        long begin = clock.GetTimestamp();
        while (!await IsFreshAsync(cancel).ConfigureAwait(false))
        {
            if (clock.GetElapsedTime(begin) > Patience)
                throw new RpcException(new Status(StatusCode.Unavailable, "there is no quorum: what this node knows may be out of date, so nothing was done with it"));
            await Task.Delay(Look, clock, cancel).ConfigureAwait(false);
        }
    }

    private async Task<bool> IsFreshAsync(CancellationToken cancel)
    {
        if (consensus() is { Leads: true } engine)
            return await engine.ConfirmLeadershipAsync(cancel).ConfigureAwait(false);
        long wanted = leaderApplied();
        return status.HasQuorum() && await store.WaitUntilAsync(s => s.Index >= wanted, Catch, clock, cancel).ConfigureAwait(false);
    }

    private Task<bool> KnowsClusterAsync(CancellationToken cancel) => KnownCluster.WaitAsync(store, clock, cancel);

    /// <summary>An edit that does not name a secret keeps the one there is: it is never read out to be written back.</summary>
    private void KeepSecret(Command command)
    {
        if (command.PutAlert is not { Alert: { Id.Length: > 0 } alert } || !store.State.Alerts.TryGet(alert.Id, out Alert? former))
            return;
        if (alert.Secret.Length == 0 && !alert.Secrets.ContainsKey("secret"))
            alert.Secret = former.Secret;
        if (alert.Url.Length == 0 && !alert.Secrets.ContainsKey("url"))
            alert.Url = former.Url;
        foreach ((string name, Secret secret) in alert.Secrets.ToList())
        {
            if (secret.Text.Length == 0 && secret.Sealed.IsEmpty && former.Secrets.TryGetValue(name, out Secret? kept))
                alert.Secrets[name] = kept.Clone();
        }
    }

    /// <summary>What is valid may still be nothing that can be probed: who adds or edits it learns it now, not from a check that is down.</summary>
    /// <remarks>Not a rule of the state: nodes must decide alike, and this asks libraries. What was so before may be switched off or renamed.</remarks>
    private string? FaultOfOptions(Command command)
    {
        if (command.PutCheck?.Check is not { } check || Validation.FaultOf(check) is not null || OptionFaults.Of(check) is not { } fault)
            return null;
        return store.State.Checks.TryGet(check.Id, out Check? former) && OptionFaults.Of(former) == fault ? null : $"check '{check.Name}' cannot be probed: {fault}";
    }

    private static Alert WithoutSecret(Alert alert)
    {
        Alert shown = alert.Clone();
        shown.Secret = "";
        // Empty means that there is one in clear. Where one is found may be told, and what is sealed says nothing.
        foreach (Secret secret in shown.Secrets.Values.Where(static secret => !Secrets.IsReference(secret.Text)))
            secret.Text = "";
        return shown;
    }

    internal static bool MayOperatorAsk(Command command) => command.ChangeCase is
        Command.ChangeOneofCase.PutCheck or Command.ChangeOneofCase.RemoveCheck
        or Command.ChangeOneofCase.PutAlert or Command.ChangeOneofCase.RemoveAlert
        or Command.ChangeOneofCase.PutWindow or Command.ChangeOneofCase.RemoveWindow or Command.ChangeOneofCase.Acknowledge
        or Command.ChangeOneofCase.ApplyEdit or Command.ChangeOneofCase.Restore
        or Command.ChangeOneofCase.SetResolvers or Command.ChangeOneofCase.ApproveEnrollment
        or Command.ChangeOneofCase.RevokeEnrollment or Command.ChangeOneofCase.RemovePeer;
}
