using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Commands;

/// <summary>Words for the enumerations of the state.</summary>
internal static class StateWords
{
    internal static string Of(Role role) => role switch { Role.Voter => "voter", Role.Probe => "probe", _ => "unknown" };

    internal static string Of(CheckType type) => type switch { CheckType.Http => "http", CheckType.Tcp => "tcp", _ => "unknown" };

    internal static string Of(AlertType type) =>
        type switch { AlertType.Webhook => "webhook", AlertType.Discord => "discord", _ => "unknown" };
}
