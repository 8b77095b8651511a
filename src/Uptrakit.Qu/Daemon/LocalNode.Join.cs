using Grpc.Core;
using Uptrakit.Qu.Commands;
using Uptrakit.Quorum.Membership;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Enrollment;
using Uptrakit.Trust.Files;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Qu.Daemon;

/// <summary>Joining a cluster with a token.</summary>
internal sealed partial class LocalNode
{
    public async Task<int> JoinAsync(JoinOptions options, Terminal terminal, CancellationToken cancel)
    {
        if (!EnrollmentToken.TryParse(options.Token, out EnrollmentToken? token, out TokenFault tokenFault))
            return terminal.Fail(ExitCode.TrustRefused, EnrollmentToken.Describe(tokenFault));
        DataFolder folder = new(QuPaths.OfProcess().DataFolder);
        if (folder.IsNode)
            return terminal.Fail(ExitCode.Failed, $"{folder.NodeFile} exists: this machine is a node already",
                hint: "to join another cluster, stop the daemon, have the node removed there (qu node remove) and wipe the folder");
        if (NodeSettings.KeyTypeOf(options.Node.KeyType) is not { } keyType)
            return terminal.Fail(ExitCode.Usage, $"--key-type: '{options.Node.KeyType}' is not a key type; p256 and rsa3072 are allowed");
        (NodeFile? node, string? fault) = NodeSettings.Of(options.Node, variable);
        if (node is null)
            return terminal.Fail(ExitCode.Usage, fault!);
        if (token.Expires <= clock.GetUtcNow())
            return terminal.Fail(ExitCode.TrustRefused, $"this token expired at {token.Expires:u}; here it is {clock.GetUtcNow():u}",
                hint: "make a new one with 'qu enroll create' on a member; if the time here is wrong, set the clock first");
        if (folder.Take(out IDisposable? hold, out _) is { } unusable)
            return terminal.Fail(ExitCode.Failed, unusable);

        using IDisposable? held = hold;
        (TokenEndpoint? endpoint, IReadOnlyList<EndpointFailure> failures) = await Joiner.FindClusterAsync(token.Endpoints, cancel).ConfigureAwait(false);
        foreach (EndpointFailure failure in failures)
            terminal.Say($"{failure.Endpoint.Host}:{failure.Endpoint.Port}: {failure.Reason}");
        if (endpoint is null)
            return failures.Any(static f => f.WrongKey)
                ? terminal.Fail(ExitCode.TrustRefused, "no endpoint of this token showed the key that the token names; nothing was sent", hint: "get a fresh token from a member, and mind who can change the traffic in between")
                : terminal.Fail(ExitCode.Unreachable, "no endpoint of this token answered", hint: "is a member serving there, and does the firewall let this machine in?");

        terminal.Say($"Cluster {token.ClusterId}, at {endpoint.Host}:{endpoint.Port}, key {endpoint.Pin.ToPrefixedString()} as the token says.");
        if (await terminal.ConfirmAsync("Join it?", options.AssumeYes, cancel).ConfigureAwait(false) is { } declined)
            return declined;
        return await EnrollAsync(folder, node, keyType, token, endpoint, terminal, cancel).ConfigureAwait(false);
    }

    private async Task<int> EnrollAsync(
        DataFolder folder, NodeFile node, KeyType keyType, EnrollmentToken token, TokenEndpoint endpoint, Terminal terminal, CancellationToken cancel)
    {
        try
        {
            using NodeIdentity identity = IdentityFor(folder, node, keyType, token);
            terminal.Say($"This machine: {identity.NodeId}, key {identity.Fingerprint.ToPrefixedString()}");
            EnrollReply reply = await ClaimAsync(token, endpoint, identity, node.Advertise, terminal, cancel).ConfigureAwait(false);
            if (reply.Outcome is not { } outcome || outcome.Status == OutcomeStatus.Refused)
                return Refused(folder, reply, terminal);
            if (reply.ClusterId != token.ClusterId.ToString())
                return terminal.Fail(ExitCode.TrustRefused, "the node that answered belongs to another cluster than the token");

            Settle(folder, node with { NodeId = identity.NodeId.ToString(), ClusterId = reply.ClusterId }, identity, reply);
            terminal.Say(outcome.Status == OutcomeStatus.Done
                ? "Joined. Start this node with 'qu serve'."
                : $"Waiting for approval: on a member, run 'qu enroll approve {token.Id}' and compare the key. Start this node with 'qu serve' at any time.");
            return (int)ExitCode.Done;
        }
        catch (RpcException fault)
        {
            return terminal.Fail(
                fault.StatusCode is StatusCode.Unauthenticated or StatusCode.PermissionDenied ? ExitCode.TrustRefused : ExitCode.Unreachable,
                $"{endpoint.Host}:{endpoint.Port}: {fault.Status.Detail}",
                hint: "nothing is lost: the same command may be run again while the token lives");
        }
        catch (Exception broken) when (broken is IOException or UnauthorizedAccessException)
        {
            return terminal.Fail(ExitCode.Failed, $"{folder.Root}: {broken.Message}", hint: "nothing is lost: the same command may be run again while the token lives");
        }
    }

    /// <summary>A member that cannot decide now is passed over like one that is away: the claim is bound to the key, so any member answers alike.</summary>
    private async Task<EnrollReply> ClaimAsync(
        EnrollmentToken token, TokenEndpoint first, NodeIdentity identity, string advertise, Terminal terminal, CancellationToken cancel)
    {
        for (TokenEndpoint endpoint = first; ;)
        {
            try
            {
                return await new Joiner(clock).EnrollAsync(token, endpoint, identity, advertise, cancel).ConfigureAwait(false);
            }
            catch (RpcException fault) when (fault.StatusCode is StatusCode.Unavailable or StatusCode.FailedPrecondition or StatusCode.DeadlineExceeded
                && !cancel.IsCancellationRequested)
            {
                TokenEndpoint passed = endpoint;
                IEnumerable<TokenEndpoint> left = token.Endpoints.SkipWhile(e => e != passed).Skip(1);
                (TokenEndpoint? next, _) = await Joiner.FindClusterAsync(left, cancel).ConfigureAwait(false);
                if (next is null)
                    throw;
                terminal.Say($"{passed.Host}:{passed.Port}: {fault.Status.Detail}; asking {next.Host}:{next.Port}");
                endpoint = next;
            }
        }
    }

    private static int Refused(DataFolder folder, EnrollReply reply, Terminal terminal)
    {
        bool trust = reply.Outcome?.Reason is RefusalReason.TokenExpired or RefusalReason.TokenUnknown or RefusalReason.TokenUsed or RefusalReason.NodeIdTaken;
        // A key that this token will never let in is of no use to anybody. After any other refusal it may hold the claim already.
        if (trust && Directory.Exists(folder.Joining))
            Directory.Delete(folder.Joining, recursive: true);
        return terminal.Fail(trust ? ExitCode.TrustRefused : ExitCode.Failed, reply.Outcome?.Message ?? "the cluster gave no answer");
    }

    /// <summary>
    /// The claim binds to the key, so an attempt that was cut off is taken up with the same key; another token gets another one.
    /// </summary>
    private NodeIdentity IdentityFor(DataFolder folder, NodeFile node, KeyType keyType, EnrollmentToken token)
    {
        string attempt = Path.Combine(folder.Joining, token.Id);
        string idFile = Path.Combine(attempt, "node_id");
        if (File.Exists(idFile) && NodeId.TryParse(File.ReadAllText(idFile).Trim(), out NodeId? before)
            && NodeIdentity.TryLoad(Path.Combine(attempt, "keys"), before, out NodeIdentity? kept, out _))
            return kept;

        if (Directory.Exists(folder.Joining))
            Directory.Delete(folder.Joining, recursive: true);
        PrivateFolder.Create(folder.Joining, PrivateFolder.OwnerOnly);
        PrivateFolder.Create(attempt, PrivateFolder.OwnerOnly);
        NodeId id = NodeId.TryParse(node.NodeId, out NodeId? wanted) ? wanted : NodeId.New();
        NodeIdentity identity = NodeIdentity.Create(id, keyType, clock);
        identity.Save(Path.Combine(attempt, "keys"));
        DurableFile.Write(idFile, System.Text.Encoding.ASCII.GetBytes(id.ToString()), DurableFile.OwnerOnly);
        return identity;
    }

    private static void Settle(DataFolder folder, NodeFile node, NodeIdentity identity, EnrollReply reply)
    {
        identity.Save(folder.Keys);
        if (Directory.Exists(folder.Engine))
            Directory.Delete(folder.Engine, recursive: true);
        folder.WriteTrust(TrustView.Of(reply.Peers));
        Peer? self = reply.Peers.FirstOrDefault(p => p.NodeId == node.NodeId);
        folder.WriteNode(node with { Role = self?.Role ?? Role.Voter });
        Directory.Delete(folder.Joining, recursive: true);
    }
}
