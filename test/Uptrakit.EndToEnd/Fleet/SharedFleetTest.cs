using Uptrakit.Tests.Shared.Fleet;

namespace Uptrakit.EndToEnd.Fleet;

/// <summary>A test on the Controller that is shared; one at a time, because some of them stop it.</summary>
[Collection(nameof(SharedController))]
public abstract class SharedFleetTest(SharedController shared) : FleetTest
{
    private protected ControllerProcess Controller { get; private set; } = null!;

    /// <summary>The fingerprint of its root, 64 digits.</summary>
    private protected string Root { get; private set; } = null!;

    /// <summary>How Services are told of it when the token is to say nothing about trust.</summary>
    private protected string[] Joining => ["--url", Controller.Url, "--enrollment-token-file", "-"];

    public override async ValueTask InitializeAsync()
    {
        Controller = await shared.ReadyAsync(Cancel);
        Root = await shared.RootAsync(Cancel);
    }

    /// <summary>A token that says nothing about trust.</summary>
    private protected Task<string> TokenAsync(int uses = 1, string capability = "agent") =>
        Controller.TokenAsync(Cancel, pin: false, uses, capability);

    /// <summary>A Service that enrolled with a pinned fingerprint and is connected.</summary>
    private protected async Task<ServiceProcess> ConnectedAsync(string program = "uptrakit-agent", string capability = "agent")
    {
        ServiceProcess service = NewService(program);
        service.Launch(await TokenAsync(capability: capability), [.. Joining, $"--tofu-fingerprint={Root}"]);
        await service.ConnectedAsync(Cancel);
        return service;
    }

    private protected override void Show()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"== the shared Controller\n{Controller?.Tail(30)}");
        base.Show();
    }
}
