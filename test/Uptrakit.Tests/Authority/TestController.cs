using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Controller.Authority;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Trust;

namespace Uptrakit.Tests.Authority;

/// <summary>The Authority of one Controller with its store in memory; the clock stands at the real time until it is moved.</summary>
internal sealed class TestController : IAsyncDisposable
{
    private readonly ScratchFolder folder = new();
    private readonly KeySealer sealer;

    private TestController(PkiAddress? pki, MemoryAuthorityStore store, Guid id)
    {
        Store = store;
        Options = new AuthorityOptions(id, pki);
        Assert.True(KeySealer.TryOpen(folder.Path, mayCreate: true, out KeySealer? opened, out string? fault), fault);
        sealer = opened;
        Factory = new CaFactory(Options, sealer, Clock);
        Keys = new AuthorityKeys(store, sealer, Factory, Clock);
        Issuer = new Issuer(Options, Clock);
    }

    // Real time, because openssl asks the machine's clock.
    public FakeTimeProvider Clock { get; } = new(TimeProvider.System.GetUtcNow());

    public MemoryAuthorityStore Store { get; }

    public AuthorityOptions Options { get; }

    public IKeySealer Sealer => sealer;

    public CaFactory Factory { get; }

    public AuthorityKeys Keys { get; }

    public Issuer Issuer { get; }

    public CaSnapshot Now => Keys.Current;

    public static async Task<TestController> StartAsync(PkiAddress? pki = null, ExternalCa? external = null)
    {
        TestController controller = new(pki, new MemoryAuthorityStore(), Guid.NewGuid());
        Assert.Null(await controller.Keys.StartAsync(external, TestContext.Current.CancellationToken));
        return controller;
    }

    /// <summary>Before its first start.</summary>
    public static TestController New() => new(pki: null, new MemoryAuthorityStore(), Guid.NewGuid());

    /// <summary>A leaf for a Service, stored as enrollment stores it.</summary>
    public async Task<Issued> EnrollAsync(Guid? serviceId = null, ECDsa? key = null)
    {
        using ECDsa own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.True(
            Issuer.TryIssueService(Now, SigningRequest.For(key ?? own), serviceId ?? Guid.NewGuid(), out Issued? issued, out string? fault),
            fault);
        await Store.RecordAsync(issued.Record, TestContext.Current.CancellationToken);
        return issued;
    }

    public Issued IssueServer(ECDsa key, params string[] names)
    {
        Assert.True(ServerNames.TryParse(names, out ServerNames? server, out string? fault), fault);
        Assert.True(Issuer.TryIssueServer(Now, SigningRequest.For(key), server, out Issued? issued, out fault), fault);
        return issued;
    }

    public ValueTask DisposeAsync()
    {
        sealer.Dispose();
        folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
