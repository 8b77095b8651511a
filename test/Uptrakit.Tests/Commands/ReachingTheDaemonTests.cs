using System.Net.Sockets;
using Grpc.Core;
using Uptrakit.Qu.Commands;

namespace Uptrakit.Tests.Commands;

public sealed class ReachingTheDaemonTests
{
    [Fact]
    public async Task Daemon_NoSocket_ExitsUnreachableAndNamesIt()
    {
        QuRun run = await QuRun.Of("/nowhere/q.sock", "", ["status"]);

        Assert.Equal(ExitCode.Unreachable, run.Exit);
        Assert.Contains("no daemon on /nowhere/q.sock", run.Error, StringComparison.Ordinal);
        Assert.Contains("qu serve", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Daemon_SocketWithoutAListener_SaysItStopped()
    {
        string folder = Directory.CreateTempSubdirectory("qu-").FullName;
        string path = Path.Combine(folder, "q.sock");
        try
        {
            using (Socket left = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
                left.Bind(new UnixDomainSocketEndPoint(path));
            // .NET removes the file of a socket it bound; a daemon that was killed leaves it.
            using Socket bound = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            bound.Bind(new UnixDomainSocketEndPoint(path));

            QuRun run = await QuRun.Of(path, "", ["status"]);

            Assert.Equal(ExitCode.Unreachable, run.Exit);
            Assert.Contains("nobody listens on", run.Error, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Daemon_PathTooLongForASocket_IsWrongUsage()
    {
        QuRun run = await QuRun.Of("/" + new string('x', 108), "", ["status"]);

        Assert.Equal(ExitCode.Usage, run.Exit);
        Assert.Contains("QUPTIME_SOCKET", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StatusCode.PermissionDenied, 4, "as the daemon's user or as root")]
    [InlineData(StatusCode.Unavailable, 4, "no leader")]
    [InlineData(StatusCode.DeadlineExceeded, 4, "did not answer in time")]
    [InlineData(StatusCode.Unimplemented, 1, "another version")]
    [InlineData(StatusCode.Internal, 1, "its log says more")]
    public async Task Daemon_AnswersWithAFault_MapsItToWordsAndACode(StatusCode status, int exit, string words)
    {
        await using FakeDaemon daemon = await FakeDaemon.StartAsync();
        daemon.Fault = new RpcException(new Status(status, "no leader"));

        QuRun run = await QuRun.Of(daemon, "check", "list");

        Assert.Equal(exit, (int)run.Exit);
        Assert.Empty(run.Out);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
    }
}
