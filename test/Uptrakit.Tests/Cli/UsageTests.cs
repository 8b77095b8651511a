namespace Uptrakit.Tests.Cli;

public sealed class UsageTests : IDisposable
{
    private const string Service = "7c0b5b62-6f0e-4d19-8a53-0f2a5a1f7c11";

    private readonly CliUser dana = new();

    public static TheoryData<string, string> WrongLines => new()
    {
        { "", "no command given" },
        { "servces", "did you mean 'services'?" },
        { "auth", "'uptrakit auth' needs one of: login, status, logout, ca" },
        { "auth ca", "'uptrakit auth ca' needs one of: trust, status, forget" },
        { "auth login", "no Controller is named" },
        { "auth login --server http://h", "--server: a Controller is reached over https:// only" },
        { "auth login --server h:0", "--server: the port is a number" },
        { "auth login --server h --tofu=1234", "--tofu: that is not a SHA-256 fingerprint" },
        { "auth login --server h --tofu=", "--tofu= is followed by nothing" },
        { "auth login --server h --tofuu", "did you mean '--tofu'?" },
        { "auth login --server h --token a --token-file b", "--token and --token-file are both given" },
        { "auth login --server h --token-file /nowhere/token", "--token-file: cannot read" },
        { "auth login --server h --token", "--token needs a value" },
        { "auth ca trust --server h --tofu", "--tofu=<fingerprint>" },
        { "services list --server h --timeout 0s", "--timeout: must be more than 0" },
        { "services list --server h --timeout 11m", "--timeout: must be more than 0 and at most 10m" },
        { "services list --server h -o xml", "--output: 'xml' is not one of human, json, yaml" },
        { "services show", "missing <id>" },
        { "services show web-1", "<id>: 'web-1' is not the id of a Service" },
        { "services show ../users", "<id>: '../users' is not the id of a Service" },
        { $"services approve {Service}", "missing --key-fingerprint" },
        { $"services approve {Service} --key-fingerprint 12", "--key-fingerprint: that is not a SHA-256 fingerprint" },
        { "enrollment-tokens create --uses 0", "--uses: '0' is not a number from 1 to 1000" },
        { "enrollment-tokens create --ttl 169h", "--ttl: must be more than 0 and at most 7d" },
        { "enrollment-tokens create --ttl 59s", "--ttl: must be at least 1m" },
        { "enrollment-tokens create --address https://h", "--address: 'https://h' is not host:port" },
        { "enrollment-tokens create --address a:1,b:1,c:1,d:1,e:1", "--address: at most 4" },
        { "enrollment-tokens revoke x", "<id>: 'x' is not the id of a token" },
        { "settings set", "nothing to change" },
        { "settings set --public-address https://h", "--public-address: 'https://h' is not host:port" },
        { "settings set --approval-without-token maybe", "'maybe' is not one of on, off" },
        { "settings rotate-ca --step jump", "--step: 'jump' is not one of prepare, distribute, activate, retire, abandon" },
        { "users create dana", "missing --password-file" },
        { "audit list --limit 501", "--limit: '501' is not a number from 1 to 500" },
        { "audit list --before yesterday", "--before: 'yesterday' is not a time" },
        { "completion tcsh", "'tcsh' is not one of bash, zsh, fish" },
    };

    public void Dispose() => dana.Dispose();

    [Theory]
    [MemberData(nameof(WrongLines))]
    public async Task CommandLine_WrongUsage_NamesTheFaultAndTheWayOut(string line, string words)
    {
        CliRun run = await dana.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Empty(run.Out);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
        Assert.Contains("\n    ", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("UPTRAKIT_SERVER", "http://h", "UPTRAKIT_SERVER: a Controller")]
    [InlineData("UPTRAKIT_TIMEOUT", "soon", "UPTRAKIT_TIMEOUT: 'soon' is not a duration")]
    [InlineData("UPTRAKIT_TIMEOUT", "1h", "UPTRAKIT_TIMEOUT: '1h' is not a duration of at most 10m")]
    [InlineData("UPTRAKIT_TOKEN", "upt1_x", "UPTRAKIT_TOKEN: that is an enrollment token")]
    public async Task Environment_WrongValue_NamesTheVariable(string name, string value, string words)
    {
        dana.Variables["UPTRAKIT_SERVER"] = "127.0.0.1:1";
        dana.Variables[name] = value;

        CliRun run = await dana.RunAsync("services", "list");

        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Environment_OptionIsGivenToo_TheOptionCounts()
    {
        dana.Variables["UPTRAKIT_SERVER"] = "nonsense/";
        dana.Variables["UPTRAKIT_TIMEOUT"] = "nonsense";
        dana.Variables["UPTRAKIT_TOKEN"] = "non sense";

        CliRun run = await dana.RunAsync("services", "list", "--server", "127.0.0.1:1", "--timeout", "5s", "--token", "upk_x");

        Assert.Equal(ExitCode.Unreachable, run.Exit);
    }

    [Fact]
    public async Task Environment_NoHomeAtAll_SaysSo()
    {
        dana.Variables["XDG_CONFIG_HOME"] = null;

        CliRun run = await dana.RunAsync("auth", "status", "--server", "h");

        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains("set HOME", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_NotSignedIn_SaysHowWithoutCallingAnybody()
    {
        CliRun run = await dana.RunAsync("services", "list", "--server", "127.0.0.1:1");

        Assert.Equal(ExitCode.Failed, run.Exit);
        Assert.Contains("uptrakit auth login", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CommandLine_Version_IsOneLineOfData()
    {
        CliRun run = await dana.RunAsync("--version");

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Matches("^uptrakit [0-9]+\\.[0-9]+\\.[0-9]+", Assert.Single(run.Lines));
        Assert.Equal(run.Lines[0], "uptrakit " + (await dana.RunAsync("--version", "-o", "json")).Json.GetProperty("version").GetString());
    }
}
