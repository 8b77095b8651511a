using System.Net;
using Uptrakit.Controller.Commands;
using Uptrakit.Controller.Host;
using Uptrakit.Tests.Shared;

namespace Uptrakit.Tests.Hub.Host;

public sealed class ServeOptionsTests
{
    private static readonly RawServeOptions Plain = new() { StateFolder = "/state" };

    [Fact]
    public void Nothing_IsEveryAddressAndSqliteInTheStateFolder()
    {
        ServeOptions options = ServeOptions.Read(Plain, out _)!;

        Assert.Equal(new IPEndPoint(IPAddress.IPv6Any, 8443), options.Https);
        Assert.Equal("/state/controller.db", options.Database.Shown);
        Assert.Equal("/state/control.sock", options.Socket);
        Assert.Null(options.PkiListener);
    }

    [Theory]
    [InlineData("8443")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("localhost:8443")]
    [InlineData("127.0.0.1:70000")]
    public void HttpsAddress_ThatIsNone_IsAFault(string text) =>
        Assert.StartsWith("--https-addr:", Fault(Plain with { HttpsAddress = text }), StringComparison.Ordinal);

    [Fact]
    public void Files_HalfOfAPair_AreFaults()
    {
        Assert.Equal("--tls-key needs --tls-cert", Fault(Plain with { TlsKey = "k.pem" }));
        Assert.Equal("--tls-cert needs --tls-key", Fault(Plain with { TlsCert = "c.pem" }));
        Assert.Equal("--ca-cert needs --ca-key", Fault(Plain with { CaCert = "c.pem" }));
    }

    [Fact]
    public void Conflicts_AreFaults()
    {
        Assert.Contains("--san", Fault(Plain with { TlsCert = "c", TlsKey = "k", Names = ["hub"] }), StringComparison.Ordinal);
        Assert.Contains("--database-file", Fault(Plain with { Database = "a", DatabaseFile = "b" }), StringComparison.Ordinal);
        Assert.Contains("--pki-addr", Fault(Plain with { PkiHttp = "listener" }), StringComparison.Ordinal);
        Assert.Contains("--pki-addr", Fault(Plain with { PkiAddress = "::1:80" }), StringComparison.Ordinal);
        Assert.Contains("--public-addr", Fault(Plain with { PublicAddress = "https://hub/" }), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryFault_IsReportedAtOnce()
    {
        Assert.Null(ServeOptions.Read(Plain with { HttpsAddress = "x", PkiHttp = "listener", TlsKey = "k" }, out List<string> faults));
        Assert.Equal(3, faults.Count);
    }

    [Fact]
    public void DatabaseFile_HoldsTheSecret()
    {
        using ScratchFolder folder = new();
        File.WriteAllText(folder["db"], "postgres://me:secret@db/hub\n");
        File.SetUnixFileMode(folder["db"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        using TestPipe pipe = new("postgres://me:secret@db/hub\n"u8.ToArray());

        foreach (string path in (string[])[folder["db"], pipe.Path])
        {
            ServeOptions options = ServeOptions.Read(Plain with { DatabaseFile = path }, out _)!;

            Assert.True(options.Database.IsPostgres);
            Assert.DoesNotContain("secret", options.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void DatabaseFile_OthersCouldReadOrTooLarge_IsAFault()
    {
        using ScratchFolder folder = new();
        File.WriteAllText(folder["db"], "postgres://me:secret@db/hub\n");
        File.SetUnixFileMode(folder["db"], UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Matches("^--database-file: .* run 'chmod 640 ", Fault(Plain with { DatabaseFile = folder["db"] }));

        File.SetUnixFileMode(folder["db"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(folder["db"], new string('x', (16 << 10) + 1));
        Assert.Matches("^--database-file: .* is larger than 16 KiB", Fault(Plain with { DatabaseFile = folder["db"] }));
    }

    [Fact]
    public void TlsFiles_ThatCanBeReadOnlyOnce_AreFaults()
    {
        using TestPipe pipe = new([]);
        Assert.Null(ServeOptions.Read(Plain with { TlsCert = pipe.Path, TlsKey = pipe.Path }, out List<string> faults));

        Assert.Equal(2, faults.Count);
        Assert.StartsWith($"--tls-cert: {pipe.Path} is a pipe", faults[0], StringComparison.Ordinal);
        Assert.StartsWith($"--tls-key: {pipe.Path} is a pipe", faults[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task TlsFiles_ThatArePipesIntoWhichNobodyWrites_AreFaultsAtOnce()
    {
        using ScratchFolder folder = new();
        string pipe = TestFifo.Make(folder["pipe"]);
        List<string> faults = await Task.Run(() =>
        {
            ServeOptions.Read(Plain with { TlsCert = pipe, TlsKey = pipe }, out List<string> found);
            return found;
        }, TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

        Assert.Equal(2, faults.Count);
        Assert.StartsWith($"--tls-cert: {pipe} is a pipe", faults[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pki.example.org:8080", "[::]:8080")]
    [InlineData("192.0.2.1:8080", "192.0.2.1:8080")]
    [InlineData("[2001:db8::1]:8080", "[2001:db8::1]:8080")]
    public void Listener_IsAtTheAddressOfPkiAddr_OrEverywhereForAName(string pki, string at) =>
        Assert.Equal(IPEndPoint.Parse(at), ServeOptions.Read(Plain with { PkiAddress = pki, PkiHttp = "listener" }, out _)!.PkiListener);

    [Fact]
    public async Task Serve_WrongOption_IsWrongUsage()
    {
        using StringWriter error = new();
        Terminal terminal = new("uptrakit-controller", TextReader.Null, TextWriter.Null, error, interactive: false, colour: false);
        CommandEnvironment environment = new(
            terminal, static name => name == "UPTRAKIT_CONTROLLER_HTTPS_ADDR" ? "nowhere" : null, TimeProvider.System);

        int code = await ControllerCommandLine.RunAsync(["serve", "--state-dir", "/nonexistent"], environment, TestContext.Current.CancellationToken);

        Assert.Equal(2, code);
        Assert.Contains("--https-addr", error.ToString(), StringComparison.Ordinal);
    }

    private static string Fault(RawServeOptions raw)
    {
        Assert.Null(ServeOptions.Read(raw, out List<string> faults));
        return faults[0];
    }
}
