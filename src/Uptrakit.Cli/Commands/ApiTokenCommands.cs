using System.CommandLine;
using Uptrakit.Cli.Connection;
using Uptrakit.Cli.Output;
using Uptrakit.Contracts.Api;

namespace Uptrakit.Cli.Commands;

/// <summary>`uptrakit api-tokens list | create | revoke`.</summary>
internal static class ApiTokenCommands
{
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(3650);

    internal static void Fill(Verb group, CliEnvironment environment)
    {
        group.Add(new Verb("list", "Show your API tokens, without their secrets",
            "uptrakit api-tokens list", "uptrakit api-tokens list -o json")
            .Asks(environment, (work, _, cancel) => work.ShowAsync(
                ApiRequest.Get("api-tokens"), ApiJson.Default.ApiTokenList, list => Table(work, list), cancel)));
        group.Add(Create(environment));
        group.Add(Revoke(environment));
    }

    private static Verb Create(CliEnvironment environment)
    {
        Argument<string> name = Flags.Argument("name", "what it is for");
        Option<TimeSpan?> ttl = Flags.Duration("--ttl", "how long it works (default: until it is revoked)", LongestLife);
        Verb verb = new("create", "Make a token for programs; it is shown once",
            "uptrakit api-tokens create ci --ttl 90d > ci.token", "uptrakit api-tokens create backup -o json");
        verb.Add(name);
        verb.Add(ttl);
        return verb.Asks(environment, (work, parsed, cancel) => work.ShowAsync(
            ApiRequest.Post("api-tokens", new CreateApiTokenRequest(
                parsed.GetRequiredValue(name), (long?)parsed.GetValue(ttl)?.TotalSeconds), ApiJson.Default.CreateApiTokenRequest),
            ApiJson.Default.CreatedApiToken, created =>
            {
                // The token alone on stdout, for a file or a variable.
                work.Terminal.WriteLine(created.Token);
                string end = Moments.Until(work.Clock, created.View.ExpiresAt);
                work.Terminal.Say($"{created.View.Id}: ends {end}. It is not shown again.");
            }, cancel));
    }

    private static Verb Revoke(CliEnvironment environment)
    {
        Argument<string> name = Flags.Argument("id-or-name", "of the token");
        Verb verb = new("revoke", "End a token", "uptrakit api-tokens revoke ci");
        verb.Add(name);
        return verb.Asks(environment, async (work, parsed, cancel) =>
        {
            string wanted = parsed.GetRequiredValue(name);
            ApiResult<ApiTokenList> list = await work.AskAsync(ApiRequest.Get("api-tokens"), ApiJson.Default.ApiTokenList, cancel);
            if (list.Value is null)
                return list.Fault!.Tell(work.Terminal);
            // Names need not be unique: then only an id says which one ends.
            ApiTokenView[] found = [.. list.Value.Items.Where(one => one.Id == wanted || one.Name == wanted)];
            if (found.Length != 1)
            {
                return work.Terminal.Fail(ExitCode.Failed,
                    found.Length == 0 ? $"you have no token '{wanted}'" : $"{found.Length} of your tokens are called '{wanted}'",
                    hint: "take the id from 'uptrakit api-tokens list'");
            }
            string id = found[0].Id;
            return await work.DoAsync(ApiRequest.Delete($"api-tokens/{Uri.EscapeDataString(id)}"), $"revoked {id}", cancel);
        });
    }

    private static void Table(ApiWork work, ApiTokenList list)
    {
        TablePrinter table = new("ID", "NAME", "OWNER", "CREATED", "EXPIRES", "LAST USED");
        foreach (ApiTokenView token in list.Items)
        {
            table.Add(token.Id, token.Name, token.Owner, Moments.Day(token.CreatedAt),
                Moments.Until(work.Clock, token.ExpiresAt), Moments.Ago(work.Clock, token.LastUsedAt));
        }
        table.Print(work.Terminal);
    }
}
