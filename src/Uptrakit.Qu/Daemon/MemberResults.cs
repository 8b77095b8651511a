using Grpc.Core;
using Uptrakit.Quorum.Transport;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Qu.Daemon;

/// <summary>What another member's probes came to, or why it does not say.</summary>
internal readonly record struct MemberAnswer(ResultsReply? Results, string Fault);

/// <summary>Asks another member for its results. One that is away costs two seconds and nothing else.</summary>
internal sealed class MemberResults(PeerChannels channels, TimeProvider clock)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    public async Task<MemberAnswer> AskAsync(NodeId member, ResultsRequest request, CancellationToken cancel)
    {
        if (channels.For(member) is not { } client)
            return new(null, "is no member any more");
        try
        {
            ResultsReply reply = await client.ResultsAsync(
                request, deadline: clock.GetUtcNow().UtcDateTime + Deadline, cancellationToken: cancel).ResponseAsync.ConfigureAwait(false);
            return new(reply, "");
        }
        catch (RpcException fault)
        {
            cancel.ThrowIfCancellationRequested();
            return new(null, Words(fault.StatusCode));
        }
        catch (ObjectDisposedException)
        {
            return new(null, "its address or key has just changed");
        }
    }

    private static string Words(StatusCode code) => code switch
    {
        StatusCode.DeadlineExceeded => "did not answer in time",
        StatusCode.ResourceExhausted => "has not answered what this node asked before",
        StatusCode.Unimplemented => "runs a version that does not tell",
        StatusCode.Unauthenticated or StatusCode.PermissionDenied => "does not take this node for a member",
        _ => "does not answer",
    };
}
