using Uptrakit.Qu.Control;
using Uptrakit.Quorum.Configuration;

namespace Uptrakit.Qu.Commands;

/// <summary>Asks the daemon for all that a file can say.</summary>
internal static class PresentReading
{
    internal static async Task<Present> PresentAsync(this DaemonClient daemon, CancellationToken cancel)
    {
        ReadReply state = await daemon.ReadAsync(
            new ReadRequest { Fresh = true, Checks = true, Alerts = true, Windows = true, Resolvers = true, Secrets = true }, cancel);
        return new Present
        {
            Version = state.Version,
            Resolvers = state.Resolvers,
            Checks = state.Checks,
            Alerts = state.Alerts,
            Windows = state.Windows,
            Closed = state.Closed,
        };
    }
}
