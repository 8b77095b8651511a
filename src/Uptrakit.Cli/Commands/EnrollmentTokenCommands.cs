using System.Buffers;
using System.CommandLine;
using System.CommandLine.Parsing;
using Uptrakit.Cli.Connection;
using Uptrakit.Cli.Output;
using Uptrakit.Contracts.Api;
using Uptrakit.Trust.Text;

namespace Uptrakit.Cli.Commands;

/// <summary>`uptrakit enrollment-tokens list | create | revoke`.</summary>
internal static class EnrollmentTokenCommands
{
    // The bounds of the API, said before the request is made.
    private static readonly TimeSpan ShortestLife = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestLife = TimeSpan.FromHours(168);
    private const int MostUses = 1000;
    private const int MostAddresses = 4;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    internal static void Fill(Verb group, CliEnvironment environment)
    {
        group.Add(new Verb("list", "Show the tokens, without their secrets",
            "uptrakit enrollment-tokens list", "uptrakit enrollment-tokens list -o json")
            .Asks(environment, (work, _, cancel) => work.ShowAsync(ApiRequest.Get("enrollment-tokens"),
                ApiJson.Default.EnrollmentTokenList, list => Table(work, list), cancel)));
        group.Add(Create(environment));
        group.Add(Revoke(environment));
    }

    private static Verb Create(CliEnvironment environment)
    {
        Option<string?> name = Flags.Text("--name", "name", "what to call it");
        Option<int?> uses = Flags.Number("--uses", "how many Services may enroll with it (default 1)", 1, MostUses);
        Option<TimeSpan?> ttl = Flags.Duration("--ttl", "how long it works (default 1h; 1m to 168h)", LongestLife);
        ttl.Validators.Add(result =>
        {
            if (result.Tokens is [Token word] && Durations.TryParse(word.Value, out TimeSpan life)
                && life > TimeSpan.Zero && life < ShortestLife)
                result.AddError("--ttl: must be at least 1m");
        });
        Option<string[]> capabilities = Flags.List("--capability", "name", "what Services may do (default agent); may be repeated");
        Option<string[]> addresses = Flags.List("--address", "host:port",
            "where Services reach the Controller (default: what it knows for itself)",
            HostAndPort.FaultOf);
        addresses.Validators.Add(result =>
        {
            if (result.Tokens.Sum(word => word.Value.Split(',').Length) > MostAddresses)
                result.AddError($"--address: at most {MostAddresses}");
        });
        Option<bool> noPin = Flags.Switch("--no-pin", "leave the fingerprint of the root out of it");
        Verb verb = new("create", "Make a token; it is shown once",
            "uptrakit enrollment-tokens create --name web-1",
            "uptrakit enrollment-tokens create --name rack-7 --uses 40 --ttl 8h",
            "uptrakit enrollment-tokens create --capability mqtt --no-pin");
        foreach (Option option in (Option[])[name, uses, ttl, capabilities, addresses, noPin])
            verb.Add(option);
        return verb.Asks(environment, (work, parsed, cancel) => work.ShowAsync(
            ApiRequest.Post("enrollment-tokens", new CreateEnrollmentTokenRequest(
                parsed.GetValue(name),
                parsed.Given(capabilities),
                parsed.GetValue(uses),
                (long?)parsed.GetValue(ttl)?.TotalSeconds,
                parsed.GetValue(noPin) ? false : null,
                parsed.Given(addresses)), ApiJson.Default.CreateEnrollmentTokenRequest),
            ApiJson.Default.CreatedEnrollmentToken, created => Show(work, created), cancel));
    }

    private static Verb Revoke(CliEnvironment environment)
    {
        Argument<string> id = Flags.Argument("id", "of the token, from 'uptrakit enrollment-tokens list'",
            FaultOfId);
        Verb verb = new("revoke", "End a token; Services that enrolled with it stay",
            "uptrakit enrollment-tokens revoke s-4be1f02a9c77d310");
        verb.Add(id);
        return verb.Asks(environment, (work, parsed, cancel) =>
        {
            string token = parsed.GetRequiredValue(id);
            return work.DoAsync(ApiRequest.Post($"enrollment-tokens/{token}/revoke"), $"revoked {token}", cancel);
        });
    }

    private static void Show(ApiWork work, CreatedEnrollmentToken created)
    {
        // The token alone on stdout: `TOKEN=$(uptrakit enrollment-tokens create)` is the usual way to use it.
        work.Terminal.WriteLine(created.Token);
        work.Terminal.Say($"{created.View.Id}: {created.View.UsesLeft} of {created.View.Uses} uses, ends "
            + $"{Moments.Until(work.Clock, created.View.ExpiresAt)}. It is not shown again; hand it over with "
            + "--enrollment-token-file rather than as an argument.");
    }

    private static void Table(ApiWork work, EnrollmentTokenList list)
    {
        TablePrinter table = new("ID", "NAME", "CAPABILITIES", "USES LEFT", "STATE", "EXPIRES", "CREATED BY");
        foreach (EnrollmentTokenView token in list.Items)
        {
            table.Add(token.Id, token.Name, string.Join(", ", token.Capabilities), $"{token.UsesLeft} of {token.Uses}",
                new Cell(token.State, token.State == "open" ? Tone.Good : Tone.Faint),
                Moments.Until(work.Clock, token.ExpiresAt), token.CreatedBy);
        }
        table.Print(work.Terminal);
    }

    // What else would be in the path of a request.
    private static string? FaultOfId(string text) =>
        text.Length == 18 && text.StartsWith("s-", StringComparison.Ordinal) && text.AsSpan(2).IndexOfAnyExcept(HexDigits) < 0
            ? null
            : $"'{text}' is not the id of a token: s- and 16 hex digits";
}
