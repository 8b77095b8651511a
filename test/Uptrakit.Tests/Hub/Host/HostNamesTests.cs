using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Host;
using Uptrakit.Tests.Shared;
using Authorities = Uptrakit.Tests.Authority.TestController;

namespace Uptrakit.Tests.Hub.Host;

public sealed class HostNamesTests : IDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly FakeTimeProvider clock = new();
    private readonly FakeResolver resolver = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FirstStart_WithoutSan_HasHostNameFullNameAndLocalhost()
    {
        Assert.Equal(["hub", "hub.example.org", "localhost"], await NamesAsync());
        Assert.Equal(["hub", "hub.example.org", "localhost", "127.0.0.1", "::1"], await NamesAsync(raw => raw with { HttpsAddress = "127.0.0.1:0" }));
        Assert.Equal(
            ["reached.example.org", "hub", "hub.example.org", "localhost"],
            await NamesAsync(raw => raw with { PublicAddress = "reached.example.org:8443" }));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FirstStart_FullNameIsNotFound_HasTheOthersAndDoesNotWaitForEver(bool silent)
    {
        resolver.Fails(silent);

        Assert.Equal(["hub", "localhost"], await NamesAsync());
    }

    [Fact]
    public async Task FirstStart_HostIsCalledWhatNoCertificateCanSay_LeavesThatOut()
    {
        resolver.HostName = "_ my host _";
        resolver.FullName = "";

        Assert.Equal(["localhost"], await NamesAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LaterStart_FullNameIsNotFound_KeepsItAndTheCertificate(bool silent)
    {
        await using Authorities authority = await Authorities.StartAsync();
        ServerCredential first = await IssuedAsync(authority, await NamesAsync());
        resolver.Fails(silent);

        string[] names = await NamesAsync();

        Assert.Equal(["hub", "hub.example.org", "localhost"], names.Order(StringComparer.Ordinal));
        Assert.Equal(first.Key, (await IssuedAsync(authority, names)).Key);
    }

    [Fact]
    public async Task LaterStart_OthersCouldReadTheKey_KeepsTheNames()
    {
        await using Authorities authority = await Authorities.StartAsync();
        await IssuedAsync(authority, await NamesAsync());
        File.SetUnixFileMode(folder[ServerLeafFile.FileName], UnixFileMode.UserRead | UnixFileMode.OtherRead);
        resolver.Fails(silent: false);

        Assert.Contains("hub.example.org", await NamesAsync());
    }

    [Fact]
    public async Task LaterStart_HostIsCalledOtherwise_AddsThatAsLongAsThereIsRoom()
    {
        await using Authorities authority = await Authorities.StartAsync();
        await IssuedAsync(authority, await NamesAsync());
        (resolver.HostName, resolver.FullName) = ("moved", "moved.example.org");
        Assert.Equal(
            ["hub", "hub.example.org", "localhost", "moved", "moved.example.org"], (await NamesAsync()).Order(StringComparer.Ordinal));

        string[] full = [.. Enumerable.Range(0, ServerNames.Most).Select(static i => $"a{i}.example.org")];
        await IssuedAsync(authority, full);

        Assert.Equal(full, await NamesAsync());
    }

    [Fact]
    public async Task LaterStart_WithSan_HasThatAndNothingElse()
    {
        await using Authorities authority = await Authorities.StartAsync();
        await IssuedAsync(authority, await NamesAsync());

        Assert.Equal(["other.example.org", "192.0.2.1"], await NamesAsync(raw => raw with { Names = ["other.example.org", "192.0.2.1"] }));
        Assert.Equal(1, resolver.Asked);
    }

    public void Dispose() => folder.Dispose();

    /// <summary>What the certificate of a start has.</summary>
    private async Task<string[]> NamesAsync(Func<RawServeOptions, RawServeOptions>? change = null)
    {
        RawServeOptions raw = new() { StateFolder = folder.Path };
        HostNames names = new(
            ServeOptions.Read(change?.Invoke(raw) ?? raw, out _)!, resolver, clock, NullLogger<HostNames>.Instance);
        Task lookedUp = names.LookUpAsync(Cancel);
        clock.Advance(HostNames.LookUpTime);
        await lookedUp;
        Assert.Null(names.Read(out ServerNames? read));
        return [.. read!.Dns, .. read.Addresses.Select(static address => address.ToString())];
    }

    private async Task<ServerCredential> IssuedAsync(Authorities authority, string[] texts)
    {
        using ServerLeafKeeper keeper = new(
            folder.Path, authority.Keys, authority.Issuer, authority.Store, authority.Clock, NullLogger<ServerLeafKeeper>.Instance);
        Assert.True(ServerNames.TryParse(texts, out ServerNames? names, out string? fault), fault);
        Assert.Null(await keeper.RefreshAsync(names, Cancel));
        return keeper.Current!;
    }

    private sealed class FakeResolver : IResolver
    {
        private bool isSilent;

        public string HostName { get; set; } = "hub";

        public string? FullName { get; set; } = "hub.example.org";

        public int Asked { get; private set; }

        public async Task<string> FullNameAsync(string host, CancellationToken cancel)
        {
            Asked++;
            if (isSilent)
                await Task.Delay(Timeout.InfiniteTimeSpan, cancel);
            return FullName ?? throw new SocketException((int)SocketError.TryAgain);
        }

        public void Fails(bool silent) => (isSilent, FullName) = (silent, null);
    }
}
