using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Qu.Daemon;

/// <summary>Writes <c>trust.yaml</c> anew when members change: with it a node finds the others at its next start.</summary>
internal sealed class TrustFileSync
{
    private readonly Channel<bool> changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly DataFolder folder;
    private readonly PeerDirectory directory;
    private readonly ILogger logger;

    public TrustFileSync(DataFolder folder, PeerDirectory directory, ILogger logger)
    {
        this.folder = folder;
        this.directory = directory;
        this.logger = logger;
        directory.Changed += () => changes.Writer.TryWrite(true);
    }

    public async Task RunAsync(CancellationToken cancel)
    {
        string written = "";
        while (await changes.Reader.WaitToReadAsync(cancel).ConfigureAwait(false))
        {
            changes.Reader.TryRead(out _);
            Peer[] others = [.. directory.All.Where(p => p.Key != directory.Self).Select(static p => p.Value)];
            var trust = TrustView.Of(others);
            if (trust.Render() is var text && text == written)
                continue;
            try
            {
                folder.WriteTrust(trust);
                written = text;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                logger.ViewNotWritten(folder.TrustFile, fault.Message);
            }
        }
    }
}
