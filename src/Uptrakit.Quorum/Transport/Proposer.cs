using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Uptrakit.Quorum.Sealing;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Quorum.Transport;

/// <summary>How a proposal ended.</summary>
/// <param name="Outcome">What the cluster decided. Null: it did not get that far.</param>
/// <param name="Sent">Whether a leader had taken it, so that it may still be decided.</param>
internal sealed record ProposalResult(Outcome? Outcome, bool Sent)
{
    /// <summary>For people, when there is no outcome.</summary>
    public string Words => Sent
        ? "the cluster did not confirm the change in time: it may or may not take effect; look again when there is a quorum"
        : "there is no quorum: nothing was changed. 'qu status' shows which nodes are missing";
}

/// <summary>Takes a change to whoever leads, and tries again while leadership moves. The id keeps it from counting twice.</summary>
/// <param name="sealer">Null, as in tests: secrets stay as they come.</param>
internal sealed class Proposer(
    LeaderDesk desk, PeerChannels channels, Func<NodeId?> leader, Func<NodeId, bool> isSelf, TimeProvider clock, CommandSealer? sealer = null)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static ByteString NewId() => ByteString.CopyFrom(RandomNumberGenerator.GetBytes(16));

    public async Task<ProposalResult> ProposeAsync(Command command, CancellationToken cancel)
    {
        if (command.Id.IsEmpty)
            command.Id = NewId();
        // What cannot be sealed here (a member that has just arrived) goes to the leader over TLS as it is, and is sealed there.
        if (sealer?.Seal(command) is { Reason: RefusalReason.Invalid } invalid)
            return new(invalid, Sent: false);
        using CancellationTokenSource patience = new(Patience, clock);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
        bool sent = false;
        try
        {
            while (true)
            {
                if (leader() is { } now)
                {
                    Outcome? outcome = isSelf(now)
                        ? await CommitHereAsync(command, both.Token).ConfigureAwait(false)
                        : await ForwardAsync(now, command, both.Token).ConfigureAwait(false);
                    if (outcome is not null)
                        return new(outcome, true);
                    sent = true;
                }

                await Task.Delay(Pause, clock, both.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new(null, sent);
        }
    }

    private async Task<Outcome?> CommitHereAsync(Command command, CancellationToken cancel)
    {
        using CancellationTokenSource attempt = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        attempt.CancelAfter(Attempt);
        try
        {
            return await desk.CommitOwnAsync(command, attempt.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<Outcome?> ForwardAsync(NodeId to, Command command, CancellationToken cancel)
    {
        if (channels.For(to) is not { } client)
            return null;
        try
        {
            ProposeReply reply = await client.ProposeAsync(
                new ProposeRequest { Command = command },
                deadline: clock.GetUtcNow().UtcDateTime + Attempt,
                cancellationToken: cancel).ResponseAsync.ConfigureAwait(false);
            return reply.Outcome;
        }
        catch (RpcException)
        {
            cancel.ThrowIfCancellationRequested();
            return null;
        }
        catch (ObjectDisposedException)
        {
            return null; // the channel was replaced meanwhile
        }
    }
}
