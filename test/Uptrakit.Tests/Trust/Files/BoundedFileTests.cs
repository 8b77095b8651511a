using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;
using Uptrakit.Tests.Shared;
using Uptrakit.Trust.Files;

namespace Uptrakit.Tests.Trust.Files;

public sealed class BoundedFileTests : IDisposable
{
    /// <summary>What waits for ever must fail the test, not stop it.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);

    private readonly ScratchFolder folder = new();

    [Fact]
    public async Task Pipe_IntoWhichNobodyWrites_IsGivenUp()
    {
        string pipe = TestFifo.Make(folder["pipe"]);

        IOException fault = await Assert.ThrowsAsync<IOException>(() => ReadAsync(pipe, Short));

        Assert.Equal("nobody has written it, to its end, within 0.2 s", fault.Message);
    }

    [Fact]
    public async Task Pipe_WhoseWriterStops_IsGivenUp()
    {
        string pipe = TestFifo.Make(folder["pipe"]);
        using FileStream writer = new(pipe, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        writer.Write("half of"u8);
        writer.Flush();

        await Assert.ThrowsAsync<IOException>(() => ReadAsync(pipe, Short));
    }

    [Fact]
    public async Task Pipe_WhoseWriterComesLateAndPauses_IsReadToItsEnd()
    {
        string pipe = TestFifo.Make(folder["pipe"]);
        byte[] content = [.. Enumerable.Range(0, 200_000).Select(static i => (byte)i)];
        Task<byte[]?> reading = ReadAsync(pipe, Soon);
        await Task.Delay(Short, TestContext.Current.CancellationToken);

        await WriteAsync(new FileStream(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0), content);

        Assert.Equal(content, await reading);
    }

    /// <summary>What a shell makes of <c>&lt;(command)</c>.</summary>
    [Fact]
    public async Task Substitution_WhoseCommandIsSlow_IsReadToItsEnd()
    {
        using AnonymousPipeServerStream reader = new(PipeDirection.In);
        AnonymousPipeClientStream writer = new(PipeDirection.Out, reader.ClientSafePipeHandle);
        byte[] content = [.. Enumerable.Range(0, 200_000).Select(static i => (byte)i)];
        Task<byte[]?> reading = ReadAsync($"/proc/self/fd/{reader.SafePipeHandle.DangerousGetHandle()}", Soon);
        await Task.Delay(Short, TestContext.Current.CancellationToken);

        await WriteAsync(writer, content);

        Assert.Equal(content, await reading);
    }

    [Fact]
    public async Task Substitution_WhoseCommandHasEnded_IsReadAtOnce()
    {
        byte[] content = "some"u8.ToArray();
        using TestPipe some = new(content);
        using TestPipe nothing = new([]);

        Assert.Equal(content, await ReadAsync(some.Path, Soon));
        Assert.Empty((await ReadAsync(nothing.Path, Soon))!);
    }

    [Fact]
    public async Task Content_OverTheLimit_IsNull()
    {
        File.WriteAllBytes(folder["file"], new byte[100_000]);

        Assert.Equal(100_000, (await ReadAsync(folder["file"], Soon))!.Length);
        Assert.Null(await ReadAsync(folder["file"], Soon, maximum: 99_999));
        Assert.Null(await ReadAsync("/dev/zero", Soon));
    }

    [Fact]
    public void Nothing_AndAFolder_AreFaultsOfTheirKind()
    {
        Assert.Throws<FileNotFoundException>(() => BoundedFile.Open(folder["none"]));
        Assert.Throws<DirectoryNotFoundException>(() => BoundedFile.Open(folder["none/none"]));
        using SafeFileHandle open = BoundedFile.Open(folder.Path);
        Assert.ThrowsAny<Exception>(() => BoundedFile.ReadAll(open, 1));
    }

    [Fact]
    public async Task IsPipe_OfWhatGivesItsContentOnce_IsTrueAndNobodyWaits()
    {
        File.WriteAllText(folder["file"], "");
        File.CreateSymbolicLink(folder["link"], TestFifo.Make(folder["pipe"]));
        using TestPipe pipe = new([]);

        foreach (string path in (string[])[folder["pipe"], folder["link"], pipe.Path])
            Assert.True(await Task.Run(() => BoundedFile.IsPipe(path), TestContext.Current.CancellationToken).WaitAsync(Soon, TestContext.Current.CancellationToken));
        foreach (string path in (string[])[folder["file"], folder["none"], folder.Path])
            Assert.False(BoundedFile.IsPipe(path));
    }

    public void Dispose() => folder.Dispose();

    private static Task<byte[]?> ReadAsync(string path, TimeSpan patience, int maximum = 1 << 20) => Task.Run(() =>
    {
        using SafeFileHandle file = BoundedFile.Open(path);
        return BoundedFile.ReadAll(file, maximum, patience);
    }).WaitAsync(Soon, TestContext.Current.CancellationToken);

    private static async Task WriteAsync(Stream writer, byte[] content)
    {
        await using (writer)
        {
            await Task.Run(() => writer.Write(content.AsSpan(0, 1000)), TestContext.Current.CancellationToken);
            await Task.Delay(Short, TestContext.Current.CancellationToken);
            await Task.Run(() => writer.Write(content.AsSpan(1000)), TestContext.Current.CancellationToken);
        }
    }
}
