using System.CommandLine;
using Uptrakit.CommandLine;
using Uptrakit.Contracts.Api;
using Uptrakit.Controller.Users.Wire;

namespace Uptrakit.Controller.Commands;

/// <summary>`admin create-user` and `admin create-api-token`</summary>
internal static class UserCommands
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3660);

    internal static Verb DeclareUser(AdminContext context)
    {
        Argument<string> name = Flags.Argument("name", "to sign in with");
        Option<string?> file = Flags.Text("--password-file", "file", "a file that holds the first password; - is standard input");
        Verb verb = new("create-user", "Make somebody who may sign in to the Dashboard",
            "uptrakit-controller admin create-user alice --password-file /root/alice.password",
            "pwgen -s 20 1 | uptrakit-controller admin create-user alice --password-file -");
        verb.Add(name);
        verb.Add(file);
        return context.Asks(verb, async (client, parsed, cancel) =>
        {
            // An argument would show in the process list of every user.
            if (parsed.Given(file) is not { } path)
                return context.Terminal.Fail(ExitCode.Usage, "--password-file is missing", hint: "name a file, or - for standard input");
            SecretText password = await SecretText.ReadAsync(path, context.Terminal, cancel);
            return password.Value is { } secret
                ? await CreateAsync(context, client, new NewUser { Name = parsed.GetRequiredValue(name), Password = secret }, cancel)
                : context.Terminal.Fail(ExitCode.Usage, $"--password-file: {password.Fault}");
        });
    }

    internal static Verb DeclareApiToken(AdminContext context)
    {
        Argument<string> name = Flags.Argument("name", "that says what the token is for");
        Option<string?> user = Flags.Text("--user", "name", "whose it is (default: nobody's, made on this host)");
        Option<TimeSpan?> ttl = Flags.Duration("--ttl", "how long it works (default until it is revoked)", Longest);
        Verb verb = new("create-api-token", "Make a token with which programs call the API",
            "uptrakit-controller admin create-api-token ci",
            "uptrakit-controller admin create-api-token backup --user alice --ttl 2160h");
        verb.Add(name);
        verb.Add(user);
        verb.Add(ttl);
        return context.Asks(verb, (client, parsed, cancel) => CreateAsync(context, client, new NewApiToken
        {
            Name = parsed.GetRequiredValue(name),
            User = parsed.Given(user) ?? "",
            TtlSeconds = (long?)parsed.Given(ttl)?.TotalSeconds ?? 0,
        }, cancel));
    }

    private static async Task<int> CreateAsync(AdminContext context, ControllerClient client, NewUser wanted, CancellationToken cancel)
    {
        UserText answer = await new UserAdmin.UserAdminClient(client.Channel).CreateUserAsync(wanted, ControllerClient.Within(cancel));
        if (context.Terminal.Json)
            context.Print(answer.Json);
        context.Terminal.Say($"user {AdminContext.Read(answer.Json, ApiJson.Default.UserView).Name} may sign in now");
        return (int)ExitCode.Done;
    }

    private static async Task<int> CreateAsync(AdminContext context, ControllerClient client, NewApiToken wanted, CancellationToken cancel)
    {
        UserText answer = await new UserAdmin.UserAdminClient(client.Channel).CreateApiTokenAsync(wanted, ControllerClient.Within(cancel));
        CreatedApiToken created = AdminContext.Read(answer.Json, ApiJson.Default.CreatedApiToken);
        if (context.Terminal.Json)
            context.Print(answer.Json);
        else
            context.Terminal.WriteLine(created.Token);
        context.Terminal.Say($"token {created.View.Id} of {created.View.Owner}, "
            + $"{(created.View.ExpiresAt is { } ends ? $"until {ends:u}" : "until it is revoked")}; it is shown this once");
        return (int)ExitCode.Done;
    }
}
