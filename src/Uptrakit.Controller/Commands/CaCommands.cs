using System.CommandLine;
using System.Text.Json;
using Uptrakit.CommandLine;
using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Control;

namespace Uptrakit.Controller.Commands;

/// <summary>`admin ca ...`</summary>
internal static class CaCommands
{
    internal static Verb Declare(AdminContext context)
    {
        Verb group = new("ca", "The certificate authority", "uptrakit-controller admin ca fingerprint");
        group.Add(Fingerprint(context));
        group.Add(Show(context));
        group.Add(Rotate(context));
        return group;
    }

    private static Verb Fingerprint(AdminContext context)
    {
        Option<bool> words = Flags.Switch("--words", "as eight words, to be read aloud");
        Verb verb = new("fingerprint", "Show the fingerprint that Services pin",
            "uptrakit-controller admin ca fingerprint", "uptrakit-controller admin ca fingerprint --words");
        verb.Add(words);
        return context.Asks(verb, async (client, parsed, cancel) =>
        {
            CertificatesView view = AdminContext.Read(
                (await client.Admin.CertificatesAsync(new Nothing(), ControllerClient.Within(cancel))).Json, ApiJson.Default.CertificatesView);
            if (context.Terminal.Json)
                context.Terminal.WriteJson(json =>
                {
                    json.WriteStartObject();
                    json.WriteString("fingerprint", view.Fingerprint);
                    json.WriteString("words", view.Words);
                    json.WriteEndObject();
                });
            else
                context.Terminal.WriteLine(parsed.GetValue(words) ? view.Words : view.Fingerprint);
            return (int)ExitCode.Done;
        });
    }

    private static Verb Show(AdminContext context) => context.Asks(
        new Verb("show", "Show the CAs, the server's certificate and a rotation that is going on", "uptrakit-controller admin ca show"),
        async (client, _, cancel) =>
        {
            ApiText answer = await client.Admin.CertificatesAsync(new Nothing(), ControllerClient.Within(cancel));
            Print(context, answer.Json);
            return (int)ExitCode.Done;
        });

    private static Verb Rotate(AdminContext context)
    {
        Option<bool> root = Flags.Switch("--root", "hand over to a new root, instead of replacing the issuing CA");
        Option<string?> step = Flags.OneOf("--step", "which step (default: whatever comes next)",
            "prepare", "distribute", "activate", "retire", "abandon");
        Option<bool> force = Flags.Switch("--force", "retire although Services would be cut off and have to enroll again");
        Verb verb = new("rotate", "Take a rotation of the CA one step further",
            "uptrakit-controller admin ca rotate", "uptrakit-controller admin ca rotate --root", "uptrakit-controller admin ca rotate --root --step retire");
        verb.Add(root);
        verb.Add(step);
        verb.Add(force);
        return context.Asks(verb, async (client, parsed, cancel) =>
        {
            RotateCaRequest request = new(parsed.GetValue(root) ? "root" : "issuing", parsed.Given(step), parsed.GetValue(force));
            string body = JsonSerializer.Serialize(request, ApiJson.Default.RotateCaRequest);
            Said answer = await client.Admin.RotateCaAsync(new ApiText { Json = body }, ControllerClient.Within(cancel));
            context.Terminal.Say(answer.Message);
            Print(context, answer.Json);
            return (int)ExitCode.Done;
        });
    }

    private static void Print(AdminContext context, string json)
    {
        if (context.Terminal.Json)
        {
            context.Print(json);
            return;
        }

        CertificatesView view = AdminContext.Read(json, ApiJson.Default.CertificatesView);
        TablePrinter table = new("ROLE", "STATE", "VALID UNTIL", "SERVICES", "FINGERPRINT", "SUBJECT");
        foreach (AuthorityView ca in view.Authorities)
            table.Add(ca.Role, ca.State, $"{ca.NotAfter:yyyy-MM-dd}", $"{ca.LiveCertificates}", ca.Fingerprint, ca.Subject);
        table.Print(context.Terminal);
        context.Terminal.Say($"server certificate: {view.Server.Source}, for {string.Join(", ", view.Server.Names)}, until {view.Server.NotAfter:u}");
        if (view.Rotation is { } rotation)
            context.Terminal.Say($"rotation of the {rotation.Kind} CA: {rotation.Step}, next is {rotation.NextStep}; "
                + $"{rotation.Trusting} of {rotation.Total} Services are ready");
    }
}
