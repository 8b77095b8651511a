using Uptrakit.Contracts.Client;

namespace Uptrakit.Cli.Commands;

/// <summary>host:port as a Controller takes it, without the scheme.</summary>
internal static class HostAndPort
{
    internal static string? FaultOf(string text) =>
        !text.Contains("://", StringComparison.Ordinal) && ControllerAddress.TryParse(text, out _, out _)
            ? null
            : $"'{text}' is not host:port";
}
