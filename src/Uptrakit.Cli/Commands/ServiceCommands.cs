using System.CommandLine;
using Uptrakit.Cli.Connection;
using Uptrakit.Contracts.Api;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Cli.Commands;

/// <summary>`uptrakit services list | show | approve | reject | revoke`.</summary>
internal static class ServiceCommands
{
    private const string ExampleId = "7c0b5b62-6f0e-4d19-8a53-0f2a5a1f7c11";
    private const string ExampleKey = "4f1c8a07d2b35e9960aa71c3e58f2d44b19e06c7738a5fd02e6b91c4a3d7f850";

    internal static void Fill(Verb group, CliEnvironment environment)
    {
        group.Add(new Verb("list", "Show the Services and who of them waits for approval",
            "uptrakit services list", "uptrakit services list -o json")
            .Asks(environment, (work, _, cancel) => work.ShowAsync(
                ApiRequest.Get("services"), ApiJson.Default.ServiceList, list => ServiceText.Table(work, list), cancel)));
        group.Add(OnOne(environment, "show", "Show one Service: key, certificate, trust mode, host", (work, id, cancel) =>
            work.ShowAsync(ApiRequest.Get($"services/{id}"), ApiJson.Default.ServiceView,
                service => ServiceText.Details(work, service), cancel)));
        group.Add(Approve(environment));
        group.Add(OnOne(environment, "reject", "Refuse a Service that waits for approval", (work, id, cancel) =>
            work.DoAsync(ApiRequest.Post($"services/{id}/reject"), $"rejected {id}", cancel)));
        group.Add(Revoke(environment));
    }

    private static Verb Approve(CliEnvironment environment)
    {
        Argument<Guid> id = Id();
        Option<string?> key = Flags.Checked("--key-fingerprint", "sha256",
            "the fingerprint of its key, as the Service prints it on its host; another key is not approved",
            text => SpkiFingerprint.TryParse(text, out _) ? null : "that is not a SHA-256 fingerprint: 64 hex digits or 32 pairs");
        key.Required = true;
        Option<string[]> capabilities = Flags.List("--capability", "name", "what it may do; none for the default of its kind");
        Verb verb = new("approve", "Let a Service in that asked without a token",
            $"uptrakit services approve {ExampleId} --key-fingerprint {ExampleKey}");
        verb.Add(id);
        verb.Add(key);
        verb.Add(capabilities);
        return verb.Asks(environment, (work, parsed, cancel) =>
        {
            string fingerprint = SpkiFingerprint.TryParse(parsed.GetValue(key), out SpkiFingerprint? value) ? value.ToString() : "";
            string service = parsed.GetValue(id).ToString("D");
            return work.DoAsync(ApiRequest.Post($"services/{service}/approve",
                new ApproveServiceRequest(fingerprint, parsed.Given(capabilities)),
                ApiJson.Default.ApproveServiceRequest), $"approved {service}", cancel);
        });
    }

    private static Verb Revoke(CliEnvironment environment)
    {
        Argument<Guid> id = Id();
        Option<bool> yes = Flags.Yes();
        Verb verb = new("revoke", "Refuse a Service's certificate from now on, and end its connection",
            $"uptrakit services revoke {ExampleId} -y");
        verb.Add(id);
        verb.Add(yes);
        return verb.Asks(environment, async (work, parsed, cancel) =>
        {
            string service = parsed.GetValue(id).ToString("D");
            int? no = await work.Terminal.ConfirmAsync(
                $"Revoke {service}? It can only come back by enrolling anew.", parsed.GetValue(yes), cancel);
            return no ?? await work.DoAsync(ApiRequest.Post($"services/{service}/revoke"), $"revoked {service}", cancel);
        });
    }

    private static Verb OnOne(CliEnvironment environment, string name, string description,
        Func<ApiWork, string, CancellationToken, Task<int>> run)
    {
        Argument<Guid> id = Id();
        Verb verb = new(name, description, $"uptrakit services {name} {ExampleId}");
        verb.Add(id);
        return verb.Asks(environment, (work, parsed, cancel) => run(work, parsed.GetValue(id).ToString("D"), cancel));
    }

    private static Argument<Guid> Id() => new("id")
    {
        Description = "of the Service, from 'uptrakit services list'",
        CustomParser = result =>
        {
            string text = result.Tokens[0].Value;
            if (!Guid.TryParseExact(text, "D", out Guid id))
                result.AddError($"<id>: '{text}' is not the id of a Service, such as {ExampleId}");
            return id;
        },
    };
}
