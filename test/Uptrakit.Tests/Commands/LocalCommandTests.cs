using Uptrakit.Qu.Commands;

namespace Uptrakit.Tests.Commands;

public sealed class LocalCommandTests
{
    [Fact]
    public async Task Init_WithFlags_HandsThemOver()
    {
        FakeNode node = new();

        await QuRun.Of("/nowhere", "",
            ["init", "--advertise", "a.example.org:9901", "--bind", "::", "--port", "9902", "--key-type", "rsa3072"], node);

        Assert.Equal(new InitOptions("a.example.org:9901", "::", 9902, "rsa3072"), node.Init);
    }

    [Fact]
    public async Task Init_WithoutFlags_LeavesTheEnvironmentItsSay()
    {
        FakeNode node = new();

        await QuRun.Of("/nowhere", "", ["init"], node);

        Assert.Equal(new InitOptions(null, null, null, null), node.Init);
    }

    [Fact]
    public async Task Serve_Called_Serves()
    {
        FakeNode node = new();

        await QuRun.Of("/nowhere", "", ["serve"], node);

        Assert.True(node.Served);
    }

    [Theory]
    [InlineData("qut1_abc")]
    [InlineData("qu enroll join qut1_abc")]
    public async Task Join_TokenOnStandardInput_IsReadWithoutItsLineEnd(string line)
    {
        FakeNode node = new();

        QuRun run = await QuRun.Of("/nowhere", line + "\n", ["enroll", "join", "-", "-y", "--advertise", "b:9901"], node);

        Assert.Equal(ExitCode.Done, run.Exit);
        Assert.Equal("qut1_abc", node.Join!.Token);
        Assert.Equal("b:9901", node.Join.Node.Advertise);
        Assert.True(node.Join.AssumeYes);
        Assert.DoesNotContain("qut1_abc", run.Out + run.Error + node.Join, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Join_TokenFile_IsRead()
    {
        FakeNode node = new();
        string file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "qut1_abc\r\n", TestContext.Current.CancellationToken);

        await QuRun.Of("/nowhere", "", ["enroll", "join", "--token-file", file], node);
        File.Delete(file);

        Assert.Equal("qut1_abc", node.Join!.Token);
        Assert.False(node.Join.AssumeYes);
    }

    [Theory]
    [InlineData("", "<token>: standard input is empty")]
    [InlineData("a\nb", "more than one line")]
    public async Task Join_BadStandardInput_IsWrongUsage(string input, string words)
    {
        FakeNode node = new();

        QuRun run = await QuRun.Of("/nowhere", input, ["enroll", "join", "-"], node);

        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
        Assert.Null(node.Join);
    }

    [Fact]
    public async Task Join_EndlessTokenFile_IsNotReadToTheEnd()
    {
        QuRun run = await QuRun.Of("/nowhere", "", ["enroll", "join", "--token-file", "/dev/zero"], new FakeNode());

        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains("more than 16384 characters", run.Error, StringComparison.Ordinal);
    }
}
