using System.Diagnostics;
using Uptrakit.CommandLine.Completion;
using Uptrakit.Qu.Commands;

namespace Uptrakit.Tests.Commands;

public sealed class CompletionTests
{
    [Fact]
    public async Task BashScript_Printed_IsValid()
    {
        (int exit, _, string error) = await BashAsync(["-n"], await ScriptAsync("bash"));

        Assert.Equal("", error);
        Assert.Equal(0, exit);
    }

    [Theory]
    [InlineData("qu|st", "status")]
    [InlineData("qu|check|", "add list show edit remove ack test enable disable --help -h --json")]
    [InlineData("qu|--json|check|add|", "http tcp icmp tls dns push --help -h --json")]
    [InlineData("qu|enroll|create|--role|p", "probe")]
    [InlineData("qu|enroll|create|--ttl|", "")]
    [InlineData("qu|alert|default|ops|o", "off on")]
    [InlineData("qu|init|--key-type|", "p256 rsa3072")]
    public async Task BashScript_AtSomeWords_OffersWhatFits(string words, string offers)
    {
        string[] typed = words.Split('|');
        string array = string.Join(' ', typed.Select(word => $"'{word}'"));
        string press = $"COMP_WORDS=({array}); COMP_CWORD={typed.Length - 1}; _qu; echo \"${{COMPREPLY[*]}}\"\n";

        (_, string output, string error) = await BashAsync(["--norc", "-s"], $"{await ScriptAsync("bash")}\n{press}");

        Assert.Equal("", error);
        Assert.Equal(offers, output.Trim());
    }

    [Theory]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Script_OfAnotherShell_KnowsEveryCommand(string shell)
    {
        string script = await ScriptAsync(shell);

        foreach (CompletionNode node in CompletionTree.Of(HelpTests.Tree()))
            Assert.Contains(node.Path, script, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Script_OfAnotherShell_IsValidWhereThatShellIsInstalled(string shell)
    {
        string program = $"/usr/bin/{shell}";
        Assert.SkipUnless(File.Exists(program), $"{shell} is not installed");

        (int exit, _, string error) = await RunAsync(program, ["-n"], await ScriptAsync(shell));

        Assert.Equal("", error);
        Assert.Equal(0, exit);
    }

    private static async Task<string> ScriptAsync(string shell)
    {
        QuRun run = await QuRun.Of("/nowhere/q.sock", "", ["completion", shell]);
        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Empty(run.Error);
        return run.Out;
    }

    private static Task<(int Exit, string Out, string Error)> BashAsync(string[] arguments, string input) =>
        RunAsync("/bin/bash", arguments, input);

    private static async Task<(int Exit, string Out, string Error)> RunAsync(string program, string[] arguments, string input)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        CancellationToken cancel = TestContext.Current.CancellationToken;
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancel);
        Task<string> error = process.StandardError.ReadToEndAsync(cancel);
        await process.StandardInput.WriteAsync(input.AsMemory(), cancel);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancel);
        return (process.ExitCode, await output, await error);
    }
}
