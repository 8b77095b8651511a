using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.Tests.Shared.Fleet;

/// <summary>Somebody at a machine of theirs with <c>uptrakit</c> and a configuration of its own.</summary>
internal sealed class CliUser
{
    private readonly string scratch;
    private readonly string server;

    public CliUser(string scratch, string server)
    {
        (this.scratch, this.server) = (scratch, server);
        Directory.CreateDirectory(scratch, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string ConfigFile => Path.Combine(scratch, "config", "uptrakit", "config.json");

    public Task<Ran> RunAsync(CancellationToken cancel, params string[] arguments) =>
        Ran.OfAsync(Executable.Start("uptrakit", scratch, ["--server", server, .. arguments]), cancel);
}
