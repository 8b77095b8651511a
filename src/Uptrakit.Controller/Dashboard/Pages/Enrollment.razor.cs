using Microsoft.AspNetCore.Components;
using MudBlazor;
using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Inventory;
using Uptrakit.Controller.Settings;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.Controller.Dashboard.Pages;

/// <summary>Makes, lists and revokes the tokens with which Services enroll. A new one comes over the circuit and is in no page.</summary>
public sealed partial class Enrollment
{
    private IReadOnlyList<EnrollmentTokenView> tokens = [];
    private CreatedEnrollmentToken? created;
    private SettingsView? settings;
    private TokenAddress? address;
    private string? fault;
    private string name = "";
    private string kind = Capabilities.Agent;
    private int uses = 1;
    private int hours = 1;

    [Inject]
    private EnrollmentTokens Tokens { get; set; } = default!;

    [Inject]
    private HubSettings Settings { get; set; } = default!;

    [Inject]
    private Operator Who { get; set; } = default!;

    [Inject]
    private ISnackbar Words { get; set; } = default!;

    // Through standard input: printf is built into the shell, so the token is in no process list.
    private string OneLiner => created is null ? "" : $"printf %s '{created.Token}' | {Program} --enrollment-token-file -{Address}";

    private string Program => created?.View.Capabilities.Contains(Capabilities.Mqtt) == true ? "uptrakit-mqtt" : "uptrakit-agent";

    private string Address => address is null ? " --url https://HOST:8443" : "";

    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        tokens = (await Tokens.ListAsync(CancellationToken.None)).Items;
        settings = await Settings.ReadAsync(CancellationToken.None);
        address = await Settings.PublicAddressAsync(CancellationToken.None);
    }

    private async Task CreateAsync()
    {
        Outcome<CreatedEnrollmentToken> outcome = await Tokens.CreateAsync(
            new CreateEnrollmentTokenRequest(name, [kind], uses, hours * 3600L), await Who.ActorAsync(), CancellationToken.None);
        (created, fault) = (outcome.Value, outcome.Fault);
        if (created is not null)
            name = "";
        await LoadAsync();
    }

    private async Task RevokeAsync(EnrollmentTokenView token)
    {
        Outcome<EnrollmentTokenView> outcome = await Tokens.RevokeAsync(token.Id, await Who.ActorAsync(), CancellationToken.None);
        Words.Add(outcome.Fault ?? $"{token.Id} is revoked", outcome.Fault is null ? Severity.Success : Severity.Error);
        await LoadAsync();
    }

    private async Task SwitchAsync()
    {
        if (settings is null)
            return;
        SettingsView wanted = settings with { ApprovalWithoutToken = !settings.ApprovalWithoutToken };
        if (await Settings.WriteAsync(wanted, await Who.ActorAsync(), CancellationToken.None) is { } refused)
            Words.Add(refused, Severity.Error);
        await LoadAsync();
    }
}
