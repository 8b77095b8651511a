using Microsoft.AspNetCore.Components;
using MudBlazor;
using Uptrakit.CommandLine;
using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Dashboard.Parts;
using Uptrakit.Controller.Inventory;

namespace Uptrakit.Controller.Dashboard.Pages;

/// <summary>All Services; a pending one is approved by its key.</summary>
public sealed partial class Services
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource gone = new();
    private IReadOnlyList<ServiceView> services = [];
    private ServiceView? chosen;
    private Confirm? approve;
    private Confirm? reject;
    private Confirm? revoke;
    private bool loaded;

    [Inject]
    private ServiceRegistry Registry { get; set; } = default!;

    [Inject]
    private Operator Who { get; set; } = default!;

    [Inject]
    private ISnackbar Words { get; set; } = default!;

    [Inject]
    private TimeProvider Clock { get; set; } = default!;

    private string Summary => !loaded ? "Loading..." : services.Count switch
    {
        0 => "Programs on your hosts that report to this Controller.",
        1 => "One Service, " + Connected,
        _ => $"{services.Count} Services, {Connected}",
    };

    private string Connected
    {
        get
        {
            int pending = services.Count(static service => service.State == "pending");
            string connected = $"{services.Count(static service => service.Connected)} connected";
            return pending == 0 ? connected + "." : $"{connected}, {pending} waiting for approval.";
        }
    }

    public void Dispose()
    {
        gone.Cancel();
        gone.Dispose();
    }

    protected override async Task OnInitializedAsync()
    {
        await LoadAsync();
        if (RendererInfo.IsInteractive)
            _ = WatchAsync(gone.Token);
    }

    private async Task WatchAsync(CancellationToken cancel)
    {
        try
        {
            using PeriodicTimer timer = new(Pause, Clock);
            while (await timer.WaitForNextTickAsync(cancel))
                await InvokeAsync(async () =>
                {
                    await LoadAsync();
                    StateHasChanged();
                });
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
        catch (Exception fault)
        {
            await DispatchExceptionAsync(fault);
        }
    }

    private async Task LoadAsync()
    {
        ServiceList list = await Registry.ListAsync(gone.Token);
        // Who waits for a decision comes first.
        services = [.. list.Items.OrderBy(static service => service.State switch { "pending" => 0, "active" => 1, _ => 2 })];
        loaded = true;
    }

    private void Choose(ServiceView service, Confirm question)
    {
        chosen = service;
        question.Open();
    }

    private Task ApproveAsync() => DecideAsync("is let in",
        async (service, id) => await Registry.ApproveAsync(id, new ApproveServiceRequest(service.KeyFingerprint, null), await Who.ActorAsync(), gone.Token));

    private Task RejectAsync() => DecideAsync("is rejected",
        async (_, id) => await Registry.RejectAsync(id, await Who.ActorAsync(), gone.Token));

    private Task RevokeAsync() => DecideAsync("is revoked",
        async (_, id) => await Registry.RevokeAsync(id, await Who.ActorAsync(), gone.Token));

    private async Task DecideAsync(string done, Func<ServiceView, Guid, Task<Outcome<ServiceView>>> decide)
    {
        if (chosen is not { } service)
            return;
        Outcome<ServiceView> outcome = await decide(service, Guid.Parse(service.Id));
        if (outcome.Fault is { } fault)
            Words.Add($"{Shown(service.FriendlyName)}: {fault}", Severity.Error);
        else
            Words.Add($"{Shown(service.FriendlyName)} {done}", Severity.Success);
        await LoadAsync();
    }

    private bool EndsSoon(ServiceCertificateView certificate) => certificate.NotAfter - Clock.GetUtcNow() < TimeSpan.FromDays(5);

    // What a host calls itself may hold marks that turn the line round, and look like another name.
    private static string Shown(string? text) => string.IsNullOrWhiteSpace(text) ? "(no name)" : Plain.Line(text);
}
