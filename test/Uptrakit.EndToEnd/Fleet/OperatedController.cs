using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Shared.Fleet;

namespace Uptrakit.EndToEnd.Fleet;

/// <summary>A Controller with one user and an API token of theirs, made on the host, without a browser.</summary>
public sealed class OperatedController : IAsyncLifetime
{
    private readonly ScratchFolder scratch = new();
    private int tokens;

    public OperatedController() => Process = new ControllerProcess(scratch["hub"]);

    internal ControllerProcess Process { get; }

    /// <summary>The file with the API token.</summary>
    internal string Token { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await SharedController.StartAsync(Process, Cancel);
        Token = await SetUpAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        scratch.Dispose();
    }

    internal async Task<string> SetUpAsync()
    {
        string password = scratch["password"];
        string file = scratch[$"api-{tokens++}.token"];
        await File.WriteAllTextAsync(password, "correct horse battery staple 7\n", Cancel);
        (await Process.AdminAsync(Cancel, "create-user", "dana", "--password-file", password)).Expect(0);
        string made = (await Process.AdminAsync(Cancel, "create-api-token", "ci", "--user", "dana")).Expect(0).Output.Trim();
        await File.WriteAllTextAsync(file, made, Cancel);
        return file;
    }
}
