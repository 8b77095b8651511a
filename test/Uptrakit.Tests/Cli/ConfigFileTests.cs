using Uptrakit.Cli.Configuration;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Trust;

namespace Uptrakit.Tests.Cli;

public sealed class ConfigFileTests : IDisposable
{
    private const string Server = "https://controller.example.org:8443";

    private readonly ScratchFolder home = new();
    private readonly ControllerCa ca = new();

    private ConfigFile Config => new(Path.Combine(home["config"], "uptrakit", "config.json"));

    public void Dispose()
    {
        home.Dispose();
        ca.Dispose();
    }

    [Fact]
    public async Task Update_FirstTime_MakesAPrivateFileInAPrivateFolder()
    {
        await StoreAsync();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Config.Path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Path.GetDirectoryName(Config.Path)!));
    }

    [Fact]
    public async Task Read_WhatWasWritten_IsTheSame()
    {
        await StoreAsync();

        CliConfig? read = Config.Read(out ConfigFault? fault);

        Assert.Null(fault);
        Assert.Equal(Entry(), read!.Of(Server));
        Assert.Equal(Server, read.DefaultServer);
    }

    [Fact]
    public async Task Update_ManyAtOnce_LoseNothingOfEachOther()
    {
        await Task.WhenAll(Enumerable.Range(1, 20).Select(port => Task.Run(() => Config.UpdateAsync(
            config => config.With($"https://h:{port}", Entry()), TestContext.Current.CancellationToken))));

        Assert.Equal(20, Config.Read(out _)!.Servers.Count);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public async Task Read_FileOpenToOthers_IsRefusedWithTheWayOut(UnixFileMode mode)
    {
        await StoreAsync();
        File.SetUnixFileMode(Config.Path, File.GetUnixFileMode(Config.Path) | mode);

        Assert.Null(Config.Read(out ConfigFault? fault));

        Assert.Contains("open to other users", fault!.Words, StringComparison.Ordinal);
        Assert.Contains("chmod 600", fault.Hint, StringComparison.Ordinal);
        Assert.NotNull(await Config.UpdateAsync(config => config, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Read_FolderWritableByOthers_IsRefused()
    {
        await StoreAsync();
        string folder = Path.GetDirectoryName(Config.Path)!;
        File.SetUnixFileMode(folder, File.GetUnixFileMode(folder) | UnixFileMode.OtherWrite);

        Assert.Null(Config.Read(out ConfigFault? fault));

        Assert.Contains("written by other users", fault!.Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"version":1}""")]
    [InlineData("""{"version":2,"default_server":null,"servers":{}}""")]
    [InlineData("""{"version":1,"default_server":null,"servers":{},"extra":1}""")]
    [InlineData("""{"version":1,"version":1,"default_server":null,"servers":{}}""")]
    [InlineData("""{"version":1,"default_server":"https://h:8443","servers":{}}""")]
    [InlineData("""{"version":1,"default_server":null,"servers":{"h":{"ca":null,"token":null}}}""")]
    [InlineData("""{"version":1,"default_server":null,"servers":{"https://h":{"ca":null,"token":null}}}""")]
    [InlineData("""{"version":1,"default_server":null,"servers":{"https://h:8443":{"token":null}}}""")]
    [InlineData("""{"version":1,"default_server":null,"servers":{"https://h:8443":null}}""")]
    [InlineData("""{"version":1,"default_server":null,"servers":{"https://h:8443":{"ca":{"pem":"x","fingerprint":"y","trusted_at":"2026-01-01T00:00:00Z"},"token":null}}}""")]
    [InlineData("""{"version":1,"default_server":null,"servers":{"https://h:8443":{"ca":null,"token":{"kind":"gold","access":"secret-a","refresh":null,"expires_at":null,"verified":true}}}}""")]
    [InlineData("""{"version":1,"default_server":null,"servers":{"https://h:8443":{"ca":null,"token":{"access":"secret-a" 7}}}}""")]
    public async Task Read_AnythingElse_IsAFaultThatTellsNoSecret(string content)
    {
        await StoreAsync();
        await File.WriteAllTextAsync(Config.Path, content, TestContext.Current.CancellationToken);

        Assert.Null(Config.Read(out ConfigFault? fault));

        Assert.Contains(Config.Path, fault!.Words, StringComparison.Ordinal);
        Assert.NotEmpty(fault.Hint);
        Assert.DoesNotContain("secret", fault.Words + fault.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_AuthorityThatIsNotTheOneOfItsFingerprint_IsAFault()
    {
        using ControllerCa other = new();
        await StoreAsync();
        string content = await File.ReadAllTextAsync(Config.Path, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Config.Path,
            content.Replace(ca.Fingerprint.ToString(), other.Fingerprint.ToString(), StringComparison.Ordinal),
            TestContext.Current.CancellationToken);

        Assert.Null(Config.Read(out ConfigFault? fault));

        Assert.Contains("fingerprint", fault!.Words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_FileOfAnImpossibleSize_IsAFault()
    {
        await StoreAsync();
        await File.WriteAllTextAsync(Config.Path, new string(' ', 2 << 20), TestContext.Current.CancellationToken);

        Assert.Null(Config.Read(out ConfigFault? fault));

        Assert.Contains("larger than", fault!.Words, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/x/config", "/home/dana", "/x/config/uptrakit/config.json")]
    [InlineData(null, "/home/dana", "/home/dana/.config/uptrakit/config.json")]
    [InlineData("", "/home/dana", "/home/dana/.config/uptrakit/config.json")]
    [InlineData("relative", "/home/dana", "/home/dana/.config/uptrakit/config.json")]
    [InlineData(null, null, null)]
    public void Place_OfSomeEnvironment_FollowsTheSpecification(string? xdg, string? homeFolder, string? expected) =>
        Assert.Equal(expected, ConfigPlace.Of(name => name == "XDG_CONFIG_HOME" ? xdg : name == "HOME" ? homeFolder : null));

    [Fact]
    public void StoredToken_AsText_IsItsKind()
    {
        Assert.Equal("device token", Entry().Token!.ToString());
        Assert.DoesNotContain("secret", Entry().ToString(), StringComparison.Ordinal);
    }

    private ServerEntry Entry() => new(
        new StoredCa(ca.Root.ExportCertificatePem(), ca.Fingerprint.ToString(), CliRun.Now),
        new StoredToken(StoredToken.Device, "secret-a", "secret-r", CliRun.Now.AddHours(1), true));

    private async Task StoreAsync() => Assert.Null(await Config.UpdateAsync(
        config => (config with { DefaultServer = Server }).With(Server, Entry()), TestContext.Current.CancellationToken));
}
