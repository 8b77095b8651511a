using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Components;
using MudBlazor;
using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Dashboard.Parts;
using Uptrakit.Controller.Host;
using Uptrakit.Controller.Settings;

namespace Uptrakit.Controller.Dashboard.Pages;

/// <summary>Global Settings: the fingerprint that pins mean, rotation, the server's certificate, the address.</summary>
public sealed partial class Certificates
{
    private static readonly string[] IssuingSteps = ["Prepare", "Activate", "Retire"];
    private static readonly string[] RootSteps = ["Prepare", "Distribute", "Activate", "Retire"];

    private static readonly Step Abandon = new("root", "abandon", "Abandon the new root",
        "Services that have it already forget it with their next bundle. Its key is destroyed.", Danger: true);

    private RotationStatus? status;
    private SettingsView? settings;
    private string address = "";
    private Step? asked;
    private Confirm? confirm;

    [Inject]
    private Rotation Rotation { get; set; } = default!;

    [Inject]
    private ServerCertificate Certificate { get; set; } = default!;

    [Inject]
    private HubSettings Settings { get; set; } = default!;

    [Inject]
    private CertificateSettings Rotor { get; set; } = default!;

    [Inject]
    private Operator Who { get; set; } = default!;

    [Inject]
    private ISnackbar Words { get; set; } = default!;

    private ServerCredential Server => Certificate.Current;

    private string ServerNames => string.Join(", ", Server.Leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>()
        .SelectMany(static names => names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(static ip => ip.ToString()))));

    private Step? IssuingNext => status switch
    {
        { Root: not RotationPhase.AtRest } => null,
        { Issuing: RotationPhase.AtRest } => new("issuing", "prepare", "Prepare a new issuing CA", "It signs nothing yet."),
        { Issuing: RotationPhase.Prepared } => new("issuing", "activate", "Activate it",
            "From now on it signs. Certificates of the former one stay accepted."),
        { Issuing: RotationPhase.Activated } => new("issuing", "retire", "Retire the former one",
            "Certificates of the former issuing CA count no more, and its key is destroyed. Refused while Services live under it.", Danger: true),
        _ => null,
    };

    private Step? RootNext => status switch
    {
        { Issuing: not RotationPhase.AtRest, Root: RotationPhase.AtRest } => null,
        { Root: RotationPhase.AtRest } => new("root", "prepare", "Prepare a new root", "A new root and an issuing CA below it. Nobody sees them yet."),
        { Root: RotationPhase.Prepared } => new("root", "distribute", "Distribute it", "Services get the new root beside the old one, over the connection they trust."),
        { Root: RotationPhase.Distributing } => new("root", "activate", "Activate it",
            "The fingerprint above becomes that of the new root. Services that only know the old one still verify this Controller, by the cross-certificate."),
        { Root: RotationPhase.Activated } => new("root", "retire", "Retire the former root",
            "Services that do not trust the new root can no longer verify this Controller. Refused while there are any.", Danger: true),
        _ => null,
    };

    protected override async Task OnInitializedAsync()
    {
        await LoadAsync();
        address = settings?.PublicAddress ?? "";
    }

    private async Task LoadAsync()
    {
        status = await Rotation.StatusAsync(CancellationToken.None);
        settings = await Settings.ReadAsync(CancellationToken.None);
    }

    private void Ask(Step step)
    {
        asked = step;
        confirm!.Open();
    }

    private async Task RunAsync()
    {
        if (asked is not { } step)
            return;
        RotationAnswer answer = await Rotor.RotateAsync(new RotateCaRequest(step.Kind, step.Name), await Who.ActorAsync(), CancellationToken.None);
        Words.Add(answer.Message, answer.Code is null ? Severity.Success : Severity.Error);
        await LoadAsync();
    }

    private async Task SaveAddressAsync()
    {
        SettingsView wanted = new(address.Trim(), settings?.ApprovalWithoutToken ?? false);
        string? refused = await Settings.WriteAsync(wanted, await Who.ActorAsync(), CancellationToken.None);
        Words.Add(refused ?? "Saved", refused is null ? Severity.Success : Severity.Error);
        await LoadAsync();
    }

    /// <summary>A step that may come next.</summary>
    private sealed record Step(string Kind, string Name, string Label, string Meaning, bool Danger = false);
}
