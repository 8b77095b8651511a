using Uptrakit.Qu.Commands;

namespace Uptrakit.Tests.Commands;

public sealed class UsageTests
{
    public static TheoryData<string, string> WrongLines => new()
    {
        { "", "no command given" },
        { "chek", "did you mean 'check'?" },
        { "check", "'qu check' needs one of: add, list" },
        { "check add http", "missing <name>" },
        { "check add http web", "missing <url>" },
        { "check add http web https://example.org/ more", "unexpected argument 'more'" },
        { "check add http web example.org", "<url>: must be a URL that starts with http:// or https://" },
        { "check add http web ftp://example.org/", "<url>: must be a URL that starts with http:// or https://" },
        { "check add http web https://", "<url>: '' is not a host" },
        { "check add http web https://example.org/ --interval 3x", "--interval: '3x' is not a duration" },
        { "check add http web https://example.org/ --interval 0s", "--interval: must be more than 0" },
        { "check add http web https://example.org/ --timeout", "--timeout needs a value" },
        { "check add http web https://example.org/ --timeout 1s --timeout 2s", "--timeout is given more than once" },
        { "check add http web https://example.org/ --expect abc", "--expect: 'abc' is not a list of HTTP statuses" },
        { "check add http web https://example.org/ --intervall 3s", "did you mean '--interval'?" },
        { "check add http web https://example.org/ --resolvers 1.1.1.1,8", "--resolvers: '8' is not a DNS server" },
        { "check add tcp db db.example.org", "<host:port>: 'db.example.org' is not host:port" },
        { "check add tcp db db.example.org:70000", "<host:port>: 'db.example.org:70000' is not host:port" },
        { "check add tcp db ::1:80", "[2001:db8::1]:5432" },
        { "check add tcp db db.example.org:80 --method HEAD", "unknown option '--method'" },
        { "check remove --yess", "unknown option '--yess'" },
        { "check edit web", "nothing to change" },
        { "alert edit ops", "nothing to change" },
        { "alert add webhook ops", "missing --url" },
        { "alert add webhook ops --url nonsense", "--url: must be a URL" },
        { "alert add discord chat", "missing --webhook" },
        { "alert default ops maybe", "'maybe' is neither on nor off" },
        { "enroll create --ttl 169h", "--ttl: must be more than 0 and at most 7d" },
        { "enroll create --ttl -1h", "--ttl: '-1h' is not a duration" },
        { "enroll create --role king", "--role: 'king' is not one of voter, probe" },
        { "enroll approve e-1 --fingerprint sha256:12", "--fingerprint: that is not a SHA-256 fingerprint" },
        { "enroll join", "missing <token>" },
        { "enroll join t --token-file f", "both given" },
        { "enroll join t --port 0", "--port: '0' is not a number from 1 to 65535" },
        { "init --bind nowhere", "--bind: 'nowhere' is not an address" },
        { "init --advertise alpha", "--advertise: 'alpha' is not host:port" },
        { "init --key-type dsa", "--key-type: 'dsa' is not one of p256, rsa3072" },
        { "cluster resolvers set", "missing <resolver>" },
        { "cluster resolvers set 1.1.1.1 nope", "<resolver>: 'nope' is not a DNS server" },
        { "completion tcsh", "'tcsh' is not one of bash, zsh, fish" },
    };

    [Theory]
    [MemberData(nameof(WrongLines))]
    public async Task CommandLine_WrongUsage_NamesTheFaultAndTheWayOut(string line, string words)
    {
        QuRun run = await QuRun.Of("/nowhere/q.sock", "", line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Empty(run.Out);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
        Assert.Contains("\n    ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CommandLine_ArgumentAfterAnAtSign_IsNotReadAsAFile()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();

        QuRun run = await QuRun.Of(daemon, "check", "remove", "@/etc/hostname");

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Equal("@/etc/hostname", daemon.OnlyChange.RemoveCheck.Id);
    }

    [Fact]
    public async Task CommandLine_NameThatStartsWithADash_IsTakenAfterTwoDashes()
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();

        QuRun run = await QuRun.Of(daemon, "check", "remove", "--", "-odd");

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Equal("-odd", daemon.OnlyChange.RemoveCheck.Id);
    }

    [Fact]
    public async Task CommandLine_Version_IsOneLineOfData()
    {
        QuRun run = await QuRun.Of("/nowhere/q.sock", "", ["--version"]);

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Matches("^qu [0-9]+\\.[0-9]+\\.[0-9]+", Assert.Single(run.Lines));
        QuRun json = await QuRun.Of("/nowhere/q.sock", "", ["--version", "--json"]);
        Assert.Equal(run.Lines[0], "qu " + json.Json.GetProperty("version").GetString());
    }
}
