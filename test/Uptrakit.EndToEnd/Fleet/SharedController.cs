using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Shared.Fleet;

namespace Uptrakit.EndToEnd.Fleet;

/// <summary>A Controller that most tests share, started by the first test that asks.</summary>
public sealed class SharedController : IAsyncDisposable
{
    private readonly ScratchFolder scratch = new();
    private ControllerProcess? controller;
    private string? root;

    /// <summary>It runs, on the same port and with the same CA, whatever an earlier test did to its process.</summary>
    internal async Task<ControllerProcess> ReadyAsync(CancellationToken cancel)
    {
        controller ??= new ControllerProcess(scratch["hub"]);
        if (!controller.Runs)
            await StartAsync(controller, cancel);
        return controller;
    }

    /// <summary>The fingerprint of its root, which no test changes.</summary>
    internal async Task<string> RootAsync(CancellationToken cancel) =>
        root ??= await (await ReadyAsync(cancel)).FingerprintAsync(cancel);

    /// <summary>Its certificate is for localhost alone, so that 127.0.0.1 is another name; its tokens say where it is.</summary>
    internal static Task StartAsync(ControllerProcess controller, CancellationToken cancel, params string[] more) =>
        controller.StartAsync(cancel, ["--san", "localhost", "--public-addr", $"localhost:{controller.Port}", .. more]);

    public async ValueTask DisposeAsync()
    {
        if (controller is not null)
            await controller.DisposeAsync();
        scratch.Dispose();
    }
}

[CollectionDefinition(nameof(SharedController))]
public sealed class SharedControllerTests : ICollectionFixture<SharedController>;
