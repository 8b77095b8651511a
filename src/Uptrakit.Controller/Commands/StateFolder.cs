using System.CommandLine;
using Uptrakit.CommandLine;
using Uptrakit.Trust.Files;

namespace Uptrakit.Controller.Commands;

/// <summary>Where the Controller keeps its state; every command takes it, because the control socket is there too.</summary>
internal sealed class StateFolder(CommandEnvironment environment)
{
    private const string Name = "--state-dir";

    public Option<string?> Option { get; } = new(Name)
    {
        HelpName = "folder",
        Description = "where the Controller keeps its state (default /var/lib/uptrakit-controller for root, "
            + "else uptrakit-controller in $XDG_STATE_HOME)",
        Recursive = true,
    };

    public string Of(ParseResult parsed) => Path.GetFullPath(parsed.Given(Option) ?? environment.VariableOf(Name) ?? Default());

    private string Default()
    {
        if (PrivateFolder.CurrentUser == 0)
            return "/var/lib/uptrakit-controller";
        string? state = environment.Variable("XDG_STATE_HOME");
        return Path.Combine(
            state is { Length: > 0 } ? state : Path.Combine(environment.Variable("HOME") ?? "/", ".local", "state"),
            "uptrakit-controller");
    }
}
