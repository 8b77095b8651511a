using System.CommandLine;
using Uptrakit.Cli.Connection;
using Uptrakit.Cli.Output;
using Uptrakit.Contracts.Api;

namespace Uptrakit.Cli.Commands;

/// <summary>`uptrakit users list | create | remove`.</summary>
internal static class UserCommands
{
    internal static void Fill(Verb group, CliEnvironment environment)
    {
        group.Add(new Verb("list", "Show who may sign in", "uptrakit users list", "uptrakit users list -o yaml")
            .Asks(environment, (work, _, cancel) => work.ShowAsync(
                ApiRequest.Get("users"), ApiJson.Default.UserList, list => Table(work, list), cancel)));
        group.Add(Create(environment));
        group.Add(Remove(environment));
    }

    private static Verb Create(CliEnvironment environment)
    {
        Argument<string> name = Flags.Argument("name", "to sign in with");
        Option<string?> file = Flags.Text("--password-file", "file", "file with the first password; '-' is standard input");
        file.Required = true;
        Verb verb = new("create", "Let somebody sign in",
            "uptrakit users create dana --password-file dana.password", "pwgen 20 1 | uptrakit users create dana --password-file -");
        verb.Add(name);
        verb.Add(file);
        return verb.Asks(environment, async (work, parsed, cancel) =>
        {
            SecretText password = await SecretText.ReadAsync(parsed.GetRequiredValue(file)!, work.Terminal, cancel);
            if (password.Value is null)
            {
                return work.Terminal.Fail(ExitCode.Usage, $"--password-file: {password.Fault}",
                    hint: "give a file that holds the password and nothing else");
            }
            CreateUserRequest request = new(parsed.GetRequiredValue(name), password.Value);
            return await work.ShowAsync(ApiRequest.Post("users", request, ApiJson.Default.CreateUserRequest),
                ApiJson.Default.UserView, user => work.Terminal.WriteLine(user.Id), cancel);
        });
    }

    private static Verb Remove(CliEnvironment environment)
    {
        Argument<string> name = Flags.Argument("id-or-name", "of the user");
        Option<bool> yes = Flags.Yes();
        Verb verb = new("remove", "Let somebody sign in no more; what they are signed in with ends", "uptrakit users remove dana -y");
        verb.Add(name);
        verb.Add(yes);
        return verb.Asks(environment, async (work, parsed, cancel) =>
        {
            string wanted = parsed.GetRequiredValue(name);
            ApiResult<UserList> list = await work.AskAsync(ApiRequest.Get("users"), ApiJson.Default.UserList, cancel);
            if (list.Value is null)
                return list.Fault!.Tell(work.Terminal);
            if (list.Value.Items.FirstOrDefault(one => one.Id == wanted || one.Name == wanted) is not UserView user)
                return work.Terminal.Fail(ExitCode.Failed, $"there is no user '{wanted}'", hint: "see 'uptrakit users list'");
            int? no = await work.Terminal.ConfirmAsync($"Remove {user.Name}?", parsed.GetValue(yes), cancel);
            return no ?? await work.DoAsync(
                ApiRequest.Delete($"users/{Uri.EscapeDataString(user.Id)}"), $"removed {user.Name}", cancel);
        });
    }

    private static void Table(ApiWork work, UserList list)
    {
        TablePrinter table = new("ID", "NAME", "CREATED", "SECOND FACTOR", "PASSKEYS", "LOCKED");
        foreach (UserView user in list.Items)
        {
            table.Add(user.Id, user.Name, Moments.Day(user.CreatedAt), user.TwoFactor ? "yes" : "no", $"{user.Passkeys}",
                new Cell(user.Locked ? "yes" : "no", user.Locked ? Tone.Bad : Tone.Plain));
        }
        table.Print(work.Terminal);
    }
}
