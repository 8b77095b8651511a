using System.CommandLine;
using System.Text.Json;
using Uptrakit.CommandLine;
using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Control;
using Uptrakit.Controller.Inventory;

namespace Uptrakit.Controller.Commands;

/// <summary>`admin create-enrollment-token`</summary>
internal static class EnrollmentTokenCommand
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(168);

    internal static Verb Declare(AdminContext context)
    {
        Option<string?> name = Flags.Text("--name", "name", "what the token is for");
        Option<int?> uses = Flags.Number("--uses", "how many Services may enroll with it (default 1)", 1, EnrollmentTokens.MostUses);
        Option<TimeSpan?> ttl = Flags.Duration("--ttl", "how long it can be used (default 1h, at most 168h)", Longest);
        Option<string[]> capabilities = Flags.List("--capability", "capability",
            $"what Services may do, of {string.Join(", ", Capabilities.All)}; repeat for more (default {Capabilities.Agent})",
            static word => Capabilities.Fault([word]));
        Option<bool> noPin = Flags.Switch("--no-pin", "leave the fingerprint of the CA out: the host must bring it some other way");
        Option<string[]> addresses = Flags.List("--address", "host:port", "where the host reaches this Controller (default --public-addr)");
        Verb verb = new("create-enrollment-token", "Make a token with which Services enroll",
            "uptrakit-controller admin create-enrollment-token --name web-1",
            "uptrakit-controller admin create-enrollment-token --uses 20 --ttl 24h --capability agent --json");
        verb.Add(name);
        verb.Add(uses);
        verb.Add(ttl);
        verb.Add(capabilities);
        verb.Add(noPin);
        verb.Add(addresses);
        return context.Asks(verb, (client, parsed, cancel) => CreateAsync(context, client, new CreateEnrollmentTokenRequest(
            parsed.Given(name), parsed.Given(capabilities), parsed.Given(uses), (long?)parsed.Given(ttl)?.TotalSeconds,
            !parsed.GetValue(noPin), parsed.Given(addresses)), cancel));
    }

    private static async Task<int> CreateAsync(
        AdminContext context, ControllerClient client, CreateEnrollmentTokenRequest request, CancellationToken cancel)
    {
        string body = JsonSerializer.Serialize(request, ApiJson.Default.CreateEnrollmentTokenRequest);
        ApiText answer = await client.Admin.CreateEnrollmentTokenAsync(new ApiText { Json = body }, ControllerClient.Within(cancel));
        CreatedEnrollmentToken created = AdminContext.Read(answer.Json, ApiJson.Default.CreatedEnrollmentToken);
        if (context.Terminal.Json)
            context.Print(answer.Json);
        else
            context.Terminal.WriteLine(created.Token);
        context.Terminal.Say($"token {created.View.Id}: {created.View.Uses} use(s), for {string.Join(", ", created.View.Capabilities)}, "
            + $"until {created.View.ExpiresAt:u}; it is shown this once");
        return (int)ExitCode.Done;
    }
}
