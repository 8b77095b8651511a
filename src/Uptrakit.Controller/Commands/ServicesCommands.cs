using System.CommandLine;
using System.Text.Json;
using Uptrakit.CommandLine;
using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Control;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Controller.Commands;

/// <summary>`admin services ...`</summary>
internal static class ServicesCommands
{
    internal static Verb Declare(AdminContext context)
    {
        Verb group = new("services", "The Services of this Controller", "uptrakit-controller admin services list");
        group.Add(List(context));
        group.Add(Approve(context));
        group.Add(Decide(context, "reject", "Refuse a Service that waits for approval",
            static (client, request, options) => client.Admin.RejectServiceAsync(request, options)));
        group.Add(Decide(context, "revoke", "Take back the certificates of a Service and end its connection",
            static (client, request, options) => client.Admin.RevokeServiceAsync(request, options)));
        return group;
    }

    private static Verb List(AdminContext context) => context.Asks(
        new Verb("list", "Show all Services", "uptrakit-controller admin services list", "uptrakit-controller admin services list --json"),
        async (client, _, cancel) =>
        {
            ApiText answer = await client.Admin.ListServicesAsync(new Nothing(), ControllerClient.Within(cancel));
            if (context.Terminal.Json)
                context.Print(answer.Json);
            else
                Print(context.Terminal, AdminContext.Read(answer.Json, ApiJson.Default.ServiceList));
            return (int)ExitCode.Done;
        });

    private static Verb Approve(AdminContext context)
    {
        Argument<string> id = Flags.Argument("id", "of the Service, from 'admin services list'");
        Option<string?> fingerprint = Flags.Checked("--fingerprint", "sha256", "the fingerprint of its key, as the host shows it",
            static text => SpkiFingerprint.TryParse(text, out _) ? null : "that is not a SHA-256 fingerprint: 64 hex digits");
        Option<bool> yes = Flags.Yes();
        Verb verb = new("approve", "Let in a Service that waits for approval",
            "uptrakit-controller admin services approve 0b9e... --fingerprint 5f70bf18a0860070...");
        verb.Add(id);
        verb.Add(fingerprint);
        verb.Add(yes);
        return context.Asks(verb, (client, parsed, cancel) =>
            ApproveAsync(context, client, parsed.GetRequiredValue(id), parsed.Given(fingerprint), parsed.GetValue(yes), cancel));
    }

    private static async Task<int> ApproveAsync(
        AdminContext context, ControllerClient client, string id, string? expected, bool yes, CancellationToken cancel)
    {
        Terminal terminal = context.Terminal;
        ServiceList all = AdminContext.Read(
            (await client.Admin.ListServicesAsync(new Nothing(), ControllerClient.Within(cancel))).Json, ApiJson.Default.ServiceList);
        if (all.Items.FirstOrDefault(one => one.Id == id) is not { } service)
            return terminal.Fail(ExitCode.Failed, $"there is no Service {id}", hint: "'uptrakit-controller admin services list' shows them");
        if (expected is not null)
        {
            // The words leave the observed key out: it must not end up in a command by copying it from here.
            if (!SpkiFingerprint.TryParse(expected, out SpkiFingerprint? wanted) || wanted.ToString() != service.KeyFingerprint)
                return terminal.Fail(ExitCode.TrustRefused, "the Service that waits has another key than --fingerprint says",
                    hint: $"somebody else may have asked in its place: 'uptrakit-controller admin services reject {id}'");
        }
        else
        {
            terminal.Say($"{service.Kind} {service.FriendlyName}, since {service.RequestedAt:u}");
            terminal.Say($"fingerprint  {service.KeyFingerprint}");
            if (await terminal.ConfirmAsync("Is that the fingerprint the host shows?", yes, cancel) is int no)
                return no;
        }

        string body = JsonSerializer.Serialize(new ApproveServiceRequest(service.KeyFingerprint, null), ApiJson.Default.ApproveServiceRequest);
        ApiText answer = await client.Admin.ApproveServiceAsync(new ById { Id = id, Json = body }, ControllerClient.Within(cancel));
        return Done(context, answer, "approved");
    }

    private static Verb Decide(
        AdminContext context, string name, string description,
        Func<ControllerClient, ById, Grpc.Core.CallOptions, Grpc.Core.AsyncUnaryCall<ApiText>> call)
    {
        Argument<string> id = Flags.Argument("id", "of the Service, from 'admin services list'");
        Verb verb = new(name, description, $"uptrakit-controller admin services {name} 0b9e...");
        verb.Add(id);
        return context.Asks(verb, async (client, parsed, cancel) => Done(
            context, await call(client, new ById { Id = parsed.GetRequiredValue(id) }, ControllerClient.Within(cancel)),
            name == "reject" ? "rejected" : "revoked"));
    }

    private static int Done(AdminContext context, ApiText answer, string what)
    {
        ServiceView service = AdminContext.Read(answer.Json, ApiJson.Default.ServiceView);
        if (context.Terminal.Json)
            context.Print(answer.Json);
        context.Terminal.Say($"{what} {service.FriendlyName} ({service.Id})");
        return (int)ExitCode.Done;
    }

    private static void Print(Terminal terminal, ServiceList services)
    {
        TablePrinter table = new("ID", "NAME", "KIND", "STATE", "CONNECTED", "TRUST", "LAST SEEN", "KEY");
        foreach (ServiceView one in services.Items)
            table.Add(one.Id, one.FriendlyName, one.Kind, one.State, one.Connected ? "yes" : "no", one.Trust?.Mode ?? "",
                one.LastSeenAt is { } seen ? $"{seen:u}" : "", one.KeyFingerprint);
        table.Print(terminal);
    }
}
