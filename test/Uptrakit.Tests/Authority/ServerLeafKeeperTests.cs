using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Uptrakit.Controller.Authority;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Trust;

namespace Uptrakit.Tests.Authority;

public sealed class ServerLeafKeeperTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Refresh_First_IssuesAndKeepsItForTheNextStart()
    {
        await using TestController controller = await TestController.StartAsync();
        using ServerLeafKeeper keeper = Keeper(controller);
        Assert.Null(keeper.Current);

        Assert.Null(await keeper.RefreshAsync(Names("a.example"), Cancel));

        Assert.True(keeper.Current!.Leaf.HasPrivateKey);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder[ServerLeafFile.FileName]));
        IssuedCertificate stored = Assert.Single(controller.Store.Issued);
        Assert.Equal((LeafKind.Server, keeper.Current.Key), (stored.Kind, stored.Key));
        using ServerLeafKeeper later = Keeper(controller);
        Assert.Null(await later.RefreshAsync(Names("a.example"), Cancel));
        Assert.Equal(keeper.Current.Leaf.RawData, later.Current!.Leaf.RawData);
        Assert.Single(controller.Store.Issued);
    }

    [Fact]
    public async Task Refresh_TwoThirdsOver_HasAFreshKey()
    {
        await using TestController controller = await TestController.StartAsync();
        using ServerLeafKeeper keeper = Keeper(controller);
        await keeper.RefreshAsync(Names("a.example"), Cancel);
        ServerCredential first = keeper.Current!;

        controller.Clock.SetUtcNow(first.NotBefore + TimeSpan.FromDays(60));
        await keeper.RefreshAsync(Names("a.example"), Cancel);
        Assert.Same(first, keeper.Current);

        controller.Clock.Advance(TimeSpan.FromMinutes(4));
        await keeper.RefreshAsync(Names("a.example"), Cancel);
        Assert.NotEqual(first.Key, keeper.Current!.Key);
    }

    [Fact]
    public async Task Refresh_NamesOrCaChanged_IsNewAndElseTheSame()
    {
        await using TestController controller = await TestController.StartAsync();
        using ServerLeafKeeper keeper = Keeper(controller);
        await keeper.RefreshAsync(Names("a.example", "127.0.0.1"), Cancel);
        ServerCredential current = keeper.Current!;

        await ExpectAsync(changed: false, "127.0.0.1", "A.example");
        await ExpectAsync(changed: true, "a.example");
        await TestRotation.RunAsync(controller, RotationStep.PrepareIssuing);
        await ExpectAsync(changed: false, "a.example");
        await TestRotation.RunAsync(controller, RotationStep.ActivateIssuing);
        await ExpectAsync(changed: true, "a.example");
        await TestRotation.RunAsync(controller, RotationStep.PrepareRoot, RotationStep.DistributeRoot);
        await ExpectAsync(changed: false, "a.example");
        await TestRotation.RunAsync(controller, RotationStep.ActivateRoot);
        await ExpectAsync(changed: true, "a.example");
        Assert.Equal(2, current.Intermediates.Count);
        await TestRotation.RunAsync(controller, RotationStep.RetireRoot);
        await ExpectAsync(changed: true, "a.example");
        Assert.Single(current.Intermediates);

        async Task ExpectAsync(bool changed, params string[] names)
        {
            Assert.Null(await keeper.RefreshAsync(Names(names), Cancel));
            Assert.Equal(changed, !ReferenceEquals(current, keeper.Current));
            current = keeper.Current!;
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")]
    public async Task Refresh_FileIsDamaged_IssuesANewOne(string content)
    {
        await using TestController controller = await TestController.StartAsync();
        File.WriteAllText(folder[ServerLeafFile.FileName], content);
        using ServerLeafKeeper keeper = Keeper(controller);

        Assert.Null(await keeper.RefreshAsync(Names("a.example"), Cancel));

        Assert.NotNull(keeper.Current);
    }

    [Fact]
    public async Task Refresh_OthersCouldReadTheKey_HasAFreshOne()
    {
        await using TestController controller = await TestController.StartAsync();
        using ServerLeafKeeper before = Keeper(controller);
        await before.RefreshAsync(Names("a.example"), Cancel);
        File.SetUnixFileMode(folder[ServerLeafFile.FileName], UnixFileMode.UserRead | UnixFileMode.GroupRead);

        using ServerLeafKeeper after = Keeper(controller);
        await after.RefreshAsync(Names("a.example"), Cancel);

        Assert.NotEqual(before.Current!.Key, after.Current!.Key);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder[ServerLeafFile.FileName]));
    }

    [Fact]
    public async Task Refresh_FolderIsGone_ServesTheNewOneAndSaysSo()
    {
        await using TestController controller = await TestController.StartAsync();
        using ServerLeafKeeper keeper = new(
            folder["none"], controller.Keys, controller.Issuer, controller.Store, controller.Clock, NullLogger<ServerLeafKeeper>.Instance);

        await Assert.ThrowsAnyAsync<IOException>(() => keeper.RefreshAsync(Names("a.example"), Cancel));

        Assert.NotNull(keeper.Current);
    }

    [Fact]
    public async Task Refresh_CaCannotSign_KeepsThePresentOneAndSaysWhy()
    {
        await using TestController controller = await TestController.StartAsync();
        using ServerLeafKeeper keeper = Keeper(controller);
        await keeper.RefreshAsync(Names("a.example"), Cancel);
        ServerCredential first = keeper.Current!;
        controller.Clock.SetUtcNow(controller.Now.Issuing.NotAfter);

        string? fault = await keeper.RefreshAsync(Names("a.example"), Cancel);

        Assert.Contains("rotate the issuing CA", fault, StringComparison.Ordinal);
        Assert.Same(first, keeper.Current);
    }

    [Theory]
    [InlineData("a.example", true)]
    [InlineData("*.a.example", true)]
    [InlineData("xn--bcher-kva.example", true)]
    [InlineData("localhost", true)]
    [InlineData("::1", true)]
    [InlineData("*.com", false)]
    [InlineData("*", false)]
    [InlineData("a.*.example", false)]
    [InlineData("bücher.example", false)]
    [InlineData("127.1", false)]
    [InlineData("1.2.3.4.5", false)]
    [InlineData("fe80::1%eth0", false)]
    [InlineData("a b", false)]
    [InlineData("-a.example", false)]
    [InlineData("a..example", false)]
    [InlineData("a.example.", false)]
    [InlineData("a,CN=b", false)]
    [InlineData("", false)]
    public void Names_OnlyWhatAClientCanMatch_IsTaken(string name, bool taken)
    {
        Assert.Equal(taken, ServerNames.TryParse([name], out _, out string? fault));
        Assert.Equal(taken, fault is null);
    }

    [Fact]
    public void Names_NoneOrTooMany_IsRefused()
    {
        Assert.False(ServerNames.TryParse([], out _, out string? fault));
        Assert.Contains("at least one", fault, StringComparison.Ordinal);
        Assert.False(ServerNames.TryParse(Enumerable.Range(0, 33).Select(i => $"a{i}.example"), out _, out fault));
        Assert.Contains("at most 32", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pki.example:8080", "http://pki.example:8080/api/v1/pki/ocsp")]
    [InlineData("PKI.example", "http://pki.example:80/api/v1/pki/ocsp")]
    [InlineData("127.0.0.1:1", "http://127.0.0.1:1/api/v1/pki/ocsp")]
    [InlineData("[::1]:8080", "http://[::1]:8080/api/v1/pki/ocsp")]
    [InlineData("::1", null)]
    [InlineData("http://pki.example", null)]
    [InlineData("pki.example:0", null)]
    [InlineData("pki.example:65536", null)]
    [InlineData("pki.example/x", null)]
    [InlineData("user@pki.example", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void PkiAddress_HostAndPort_AreTheUrl(string? text, string? ocsp)
    {
        bool read = PkiAddress.TryParse(text, out PkiAddress? address);

        Assert.Equal(ocsp is not null, read);
        Assert.Equal(ocsp, address?.Ocsp);
    }

    public void Dispose() => folder.Dispose();

    private static ServerNames Names(params string[] names)
    {
        Assert.True(ServerNames.TryParse(names, out ServerNames? value, out string? fault), fault);
        return value;
    }

    private ServerLeafKeeper Keeper(TestController controller) =>
        new(folder.Path, controller.Keys, controller.Issuer, controller.Store, controller.Clock, NullLogger<ServerLeafKeeper>.Instance);
}
