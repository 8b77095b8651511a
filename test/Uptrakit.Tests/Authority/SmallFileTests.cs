using Uptrakit.Controller.Authority;
using Uptrakit.Tests.Shared;

namespace Uptrakit.Tests.Authority;

public sealed class SmallFileTests : IDisposable
{
    private const int Limit = 4 << 10;

    private readonly ScratchFolder folder = new();

    [Theory]
    [InlineData(0, true)]
    [InlineData(Limit, true)]
    [InlineData(Limit + 1, false)]
    public void Read_FileOrPipe_IsTakenUpToTheLimit(int size, bool taken)
    {
        byte[] written = [.. Enumerable.Range(0, size).Select(static i => (byte)i)];
        File.WriteAllBytes(folder["file"], written);
        using TestPipe pipe = new(written);

        foreach (string path in (string[])[folder["file"], pipe.Path])
        {
            Assert.Equal(taken, SmallFile.TryRead(path, Limit, out byte[]? content, out string? fault));
            Assert.Equal(taken ? written : null, content);
            Assert.Equal(taken ? null : $"{path} is larger than 4 KiB", fault);
        }
    }

    [Theory]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    [InlineData(UnixFileMode.GroupWrite)]
    public void ReadSecret_OthersMayReadOrChangeIt_SaysWhatToDo(UnixFileMode more)
    {
        File.WriteAllText(folder["file"], "secret");
        File.SetUnixFileMode(folder["file"], UnixFileMode.UserRead | more);

        Assert.False(SmallFile.TryReadSecret(folder["file"], Limit, out byte[]? content, out string? fault));

        Assert.Null(content);
        Assert.Contains($"run 'chmod 640 {folder["file"]}'", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadSecret_OwnersGroupsOrOfAPipe_IsTaken()
    {
        File.WriteAllText(folder["file"], "secret");
        File.SetUnixFileMode(folder["file"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        using TestPipe pipe = new("secret"u8.ToArray());

        foreach (string path in (string[])[folder["file"], pipe.Path])
        {
            Assert.True(SmallFile.TryReadSecret(path, Limit, out byte[]? content, out string? fault), fault);
            Assert.Equal("secret"u8.ToArray(), content);
        }
    }

    /// <summary>A start that waits for a writer that never comes would wait for ever, and say nothing.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_PipeIntoWhichNobodyWrites_IsAFault(bool secret)
    {
        string pipe = TestFifo.Make(folder["pipe"]);
        TimeSpan patience = TimeSpan.FromMilliseconds(200);

        string? fault = await Task.Run(
            () => (secret ? SmallFile.TryReadSecret(pipe, Limit, out _, out string? why, patience) : SmallFile.TryRead(pipe, Limit, out _, out why, patience)) ? null : why,
            TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal($"{pipe} cannot be read: nobody has written it, to its end, within 0.2 s", fault);
    }

    [Fact]
    public void Read_MissingOrAFolder_IsAFault()
    {
        Assert.False(SmallFile.TryRead(folder["none"], Limit, out _, out string? fault));
        Assert.StartsWith($"{folder["none"]} cannot be read: ", fault, StringComparison.Ordinal);
        Assert.False(SmallFile.TryRead(folder.Path, Limit, out _, out _));
    }

    public void Dispose() => folder.Dispose();
}
