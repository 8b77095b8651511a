using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Enrollment;
using Uptrakit.Trust.Identity;
using Uptrakit.Trust.Pins;

namespace Uptrakit.Tests.Daemon;

/// <summary>Bad input against the real program: its words, its exit code, and what it leaves on the disk.</summary>
public sealed class RefusalTests
{
    private static async Task<QuProcess> FoundedAsync(int port)
    {
        QuProcess qu = new();
        Assert.Equal(0, (await qu.RunAsync("init", "--bind", "127.0.0.1", "--port", $"{port}", "--advertise", $"127.0.0.1:{port}")).Exit);
        return qu;
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Token(int port, SpkiFingerprint pin, TimeSpan life) => EnrollmentToken.Mint(
        Guid.NewGuid(), TimeProvider.System.GetUtcNow() + life, [new TokenEndpoint("127.0.0.1", port, pin)]).Reveal();

    [Fact]
    public async Task Init_OnANode_IsRefusedAndChangesNothing()
    {
        using QuProcess qu = await FoundedAsync(9901);
        SortedDictionary<string, string> before = qu.Look();

        (int exit, _, string error) = await qu.RunAsync("init");

        Assert.Equal(1, exit);
        Assert.Contains("this machine is a node already", error, StringComparison.Ordinal);
        Assert.Equal(before, qu.Look());
    }

    [Fact]
    public async Task Serve_EverythingBroken_TellsAllAtOnceAndChangesNothing()
    {
        using QuProcess qu = await FoundedAsync(FreePort());
        await File.WriteAllTextAsync(Path.Combine(qu.Data, "node.yaml"), "node_id: x\nfrobs: 1\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(qu.Data, "trust.yaml"), "entries: [", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(Path.Combine(qu.Data, "keys", "private.pem"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        await File.WriteAllTextAsync(qu.Socket, "somebody's notes", TestContext.Current.CancellationToken);
        SortedDictionary<string, string> before = qu.Look();

        (int exit, _, string error) = await qu.RunAsync("serve");

        Assert.Equal(1, exit);
        foreach (string part in new[] { "'frobs'", "node_id: 'x'", "trust.yaml", "can be read by other users", "is not a socket" })
            Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.Equal(before, qu.Look());
        Assert.True(File.Exists(qu.Socket));
    }

    [Fact]
    public async Task Serve_FolderOfARunningDaemon_IsRefused()
    {
        using QuProcess qu = await FoundedAsync(FreePort());
        await qu.ServeAsync();

        using Process second = qu.Start(qu.Socket + "2", $"{FreePort()}", "serve");
        string error = await second.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await second.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, second.ExitCode);
        Assert.Contains("another qu works on", error, StringComparison.Ordinal);
        const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(Private, File.GetUnixFileMode(qu.Socket));
    }

    [Fact]
    public async Task Serve_PortInUse_IsRefusedAndWorksLater()
    {
        int port;
        QuProcess qu;
        using (TcpListener taken = new(IPAddress.Loopback, 0))
        {
            taken.Start();
            port = ((IPEndPoint)taken.LocalEndpoint).Port;
            qu = await FoundedAsync(port);

            (int exit, _, string error) = await qu.RunAsync("serve");

            Assert.Equal(1, exit);
            Assert.Contains($"port {port} of 127.0.0.1 is in use", error, StringComparison.Ordinal);
        }

        using (qu)
            await qu.ServeAsync();
    }

    [Fact]
    public async Task Join_Expired_SaysBothTimesAndLeavesNothing()
    {
        using QuProcess qu = new();
        using NodeIdentity other = NodeIdentity.Create(NodeId.New(), KeyType.EcdsaP256, TimeProvider.System);

        (int exit, _, string error) = await qu.RunAsync("enroll", "join", Token(1, other.Fingerprint, TimeSpan.FromHours(-1)), "-y");

        Assert.Equal(3, exit);
        Assert.Contains("expired at", error, StringComparison.Ordinal);
        Assert.Contains("set the clock", error, StringComparison.Ordinal);
        Assert.Empty(qu.Look());
    }

    [Fact]
    public async Task Join_NobodyThere_IsUnreachable()
    {
        using QuProcess qu = new();
        using NodeIdentity other = NodeIdentity.Create(NodeId.New(), KeyType.EcdsaP256, TimeProvider.System);

        (int exit, _, string error) = await qu.RunAsync("enroll", "join", Token(FreePort(), other.Fingerprint, TimeSpan.FromHours(1)), "-y");

        Assert.Equal(4, exit);
        Assert.Contains("no endpoint of this token answered", error, StringComparison.Ordinal);
        Assert.Empty(qu.Look());
    }

    [Fact]
    public async Task Join_WrongKeyAtTheEndpoint_IsRefusedAndSendsNothing()
    {
        using QuProcess qu = new();
        using NodeIdentity named = NodeIdentity.Create(NodeId.New(), KeyType.EcdsaP256, TimeProvider.System);
        using NodeIdentity impostor = NodeIdentity.Create(NodeId.New(), KeyType.EcdsaP256, TimeProvider.System);
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task<int> received = AnswerAsync(listener, impostor);

        (int exit, _, string error) = await qu.RunAsync(
            "enroll", "join", Token(((IPEndPoint)listener.LocalEndpoint).Port, named.Fingerprint, TimeSpan.FromHours(1)), "-y");

        Assert.Equal(3, exit);
        Assert.Contains("nothing was sent", error, StringComparison.Ordinal);
        Assert.Equal(0, await received);
        Assert.Empty(qu.Look());
    }

    [Fact]
    public async Task Join_NotSaidYes_ShowsTheVerifiedKeyAndSendsNothing()
    {
        using QuProcess qu = new();
        using NodeIdentity named = NodeIdentity.Create(NodeId.New(), KeyType.EcdsaP256, TimeProvider.System);
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task<int> received = AnswerAsync(listener, named);

        (int exit, _, string error) = await qu.RunAsync(
            "enroll", "join", Token(((IPEndPoint)listener.LocalEndpoint).Port, named.Fingerprint, TimeSpan.FromHours(1)));

        Assert.Equal(2, exit);
        Assert.Contains(named.Fingerprint.ToPrefixedString(), error, StringComparison.Ordinal);
        Assert.Contains("-y", error, StringComparison.Ordinal);
        Assert.Equal(0, await received);
        Assert.Empty(qu.Look());
    }

    /// <summary>How many bytes the caller sent after the handshake.</summary>
    private static async Task<int> AnswerAsync(TcpListener listener, NodeIdentity identity)
    {
        using TcpClient caller = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await using SslStream tls = new(caller.GetStream());
        await tls.AuthenticateAsServerAsync(
            PeerTls.ServerOptions(PeerTls.ContextOf(identity), [SslApplicationProtocol.Http2]), TestContext.Current.CancellationToken);
        try
        {
            return await tls.ReadAsync(new byte[1024], TestContext.Current.CancellationToken);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
