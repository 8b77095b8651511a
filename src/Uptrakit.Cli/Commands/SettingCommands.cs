using System.CommandLine;
using Uptrakit.Cli.Connection;
using Uptrakit.Cli.Output;
using Uptrakit.Contracts.Api;

namespace Uptrakit.Cli.Commands;

/// <summary>`uptrakit settings show | set | certificates show | certificates rotate | rotate-ca`.</summary>
internal static class SettingCommands
{
    internal static void Fill(Verb group, CliEnvironment environment)
    {
        group.Add(new Verb("show", "Show the settings of the Controller", "uptrakit settings show")
            .Asks(environment, (work, _, cancel) => work.ShowAsync(
                ApiRequest.Get("settings"), ApiJson.Default.SettingsView, settings => Show(work, settings), cancel)));
        group.Add(Set(environment));
        Verb certificates = new("certificates", "The certificate authority of the Controller", "uptrakit settings certificates show");
        certificates.Add(new Verb("show", "Show the fingerprint, the authorities and a rotation that is going on",
            "uptrakit settings certificates show", "uptrakit settings certificates show -o json")
            .Asks(environment, (work, _, cancel) => work.ShowAsync(ApiRequest.Get("settings/certificates"),
                ApiJson.Default.CertificatesView, view => CertificatesText.Show(work, view), cancel)));
        certificates.Add(Rotate(environment, "rotate", "uptrakit settings certificates rotate"));
        group.Add(certificates);
        group.Add(Rotate(environment, "rotate-ca", "uptrakit settings rotate-ca"));
    }

    private static Verb Set(CliEnvironment environment)
    {
        Option<string?> address = Flags.Checked("--public-address", "host:port",
            "where Services and people reach the Controller; in tokens and links; '' for none",
            text => text.Length == 0 ? null : HostAndPort.FaultOf(text));
        Option<string?> approval = Flags.OneOf(
            "--approval-without-token", "whether hosts may ask to be approved without a token", "on", "off");
        Verb verb = new("set", "Change settings; what is not named stays as it is",
            "uptrakit settings set --public-address uptrakit.example.org:8443", "uptrakit settings set --approval-without-token off");
        verb.Add(address);
        verb.Add(approval);
        verb.Validators.Add(result =>
        {
            if (result.GetResult(address) is null && result.GetResult(approval) is null)
                result.AddError("nothing to change: name at least one setting");
        });
        return verb.Asks(environment, async (work, parsed, cancel) =>
        {
            ApiResult<SettingsView> now = await work.AskAsync(ApiRequest.Get("settings"), ApiJson.Default.SettingsView, cancel);
            if (now.Value is not SettingsView settings)
                return now.Fault!.Tell(work.Terminal);
            if (parsed.Given(address) is string given)
                settings = settings with { PublicAddress = given.Length == 0 ? null : given };
            if (parsed.Given(approval) is string word)
                settings = settings with { ApprovalWithoutToken = word == "on" };
            return await work.ShowAsync(ApiRequest.Put("settings", settings, ApiJson.Default.SettingsView),
                ApiJson.Default.SettingsView, changed => Show(work, changed), cancel);
        });
    }

    private static Verb Rotate(CliEnvironment environment, string name, string example)
    {
        Option<bool> root = Flags.Switch("--root", "hand the root over, instead of the issuing authority under it");
        Option<string?> step = Flags.OneOf("--step", "this step (default: whichever comes next)",
            "prepare", "distribute", "activate", "retire", "abandon");
        Option<bool> force = Flags.Switch("--force", "go on although Services would be cut off");
        Option<bool> yes = Flags.Yes();
        Verb verb = new(name, "Take the rotation of an authority one step further: prepare, distribute, activate, retire; or abandon it before it is activated",
            example, $"{example} --root --step prepare", $"{example} --root --step retire --force -y");
        foreach (Option option in (Option[])[root, step, force, yes])
            verb.Add(option);
        return verb.Asks(environment, async (work, parsed, cancel) =>
        {
            bool cutsOff = parsed.GetValue(force);
            int? no = await work.Terminal.ConfirmAsync(
                "Go on even if Services that do not trust the new authority yet are cut off, and have to be enrolled anew?",
                assumeYes: !cutsOff || parsed.GetValue(yes), cancel);
            RotateCaRequest request = new(parsed.GetValue(root) ? "root" : "issuing", parsed.GetValue(step), cutsOff);
            return no ?? await work.ShowAsync(
                ApiRequest.Post("settings/certificates/rotate", request, ApiJson.Default.RotateCaRequest),
                ApiJson.Default.CertificatesView, view => CertificatesText.Show(work, view), cancel);
        });
    }

    private static void Show(ApiWork work, SettingsView settings)
    {
        FieldPrinter fields = new(work.Terminal);
        fields.Add("public address", settings.PublicAddress);
        fields.Add("approval without token", settings.ApprovalWithoutToken ? "on" : "off");
        fields.Print();
    }
}
