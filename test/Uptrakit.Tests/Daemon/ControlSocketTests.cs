using System.Net.Sockets;
using Uptrakit.Hosting;
using Uptrakit.Qu.Daemon;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Trust;

namespace Uptrakit.Tests.Daemon;

public sealed class ControlSocketTests
{
    private static Task<string?> PrepareAsync(string path) => ControlSocket.PrepareAsync(path, "name another", TestContext.Current.CancellationToken);

    [Fact]
    public async Task Prepare_MissingFolder_MakesItPrivate()
    {
        using ScratchFolder scratch = new();

        Assert.Null(await PrepareAsync(Path.Combine(scratch["run"], "q.sock")));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(scratch["run"]));
    }

    [Fact]
    public async Task Prepare_StaleSocket_MakesWay()
    {
        using ScratchFolder scratch = new();
        using (Socket dead = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
            dead.Bind(new UnixDomainSocketEndPoint(scratch["link"]));
        using (Socket dead = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(scratch["old"]));
            File.Move(scratch["old"], scratch["q.sock"]); // so that closing it does not remove it
        }

        Assert.Null(await PrepareAsync(scratch["q.sock"]));

        Assert.False(File.Exists(scratch["q.sock"]));
    }

    [Fact]
    public async Task Prepare_SocketThatIsServed_IsLeftAlone()
    {
        using ScratchFolder scratch = new();
        using Socket served = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        served.Bind(new UnixDomainSocketEndPoint(scratch["q.sock"]));
        served.Listen();

        Assert.Contains("answers at", await PrepareAsync(scratch["q.sock"]), StringComparison.Ordinal);

        Assert.True(File.Exists(scratch["q.sock"]));
    }

    [Fact]
    public async Task Prepare_FileOfThatName_IsNeverRemoved()
    {
        using ScratchFolder scratch = new();
        await File.WriteAllTextAsync(scratch["q.sock"], "notes", TestContext.Current.CancellationToken);

        Assert.Contains("is not a socket", await PrepareAsync(scratch["q.sock"]), StringComparison.Ordinal);

        Assert.Equal("notes", await File.ReadAllTextAsync(scratch["q.sock"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Prepare_FolderThatOthersWrite_IsRefused()
    {
        using ScratchFolder scratch = new();
        File.SetUnixFileMode(scratch.Path, (UnixFileMode)0x1FF);

        Assert.Contains("chmod go-w", await PrepareAsync(scratch["q.sock"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prepare_PathThatNoSocketCanHave_IsRefused() =>
        Assert.Contains("too long", await PrepareAsync("/tmp/" + new string('a', 120)), StringComparison.Ordinal);
}
