using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Settings;
using Uptrakit.Controller.Storage;
using Uptrakit.Controller.Storage.Rows;
using Uptrakit.Tests.Fleet;

namespace Uptrakit.Tests.Hub.Storage;

/// <summary>What the database holds to, once for each.</summary>
public abstract class StorageSuite
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>What --database would say; null for SQLite.</summary>
    protected abstract Task<string?> DatabaseAsync();

    [Fact]
    public async Task Restart_KeepsTheControllerItsCaAndItsServerKey()
    {
        await using TestController controller = await StartAsync();
        Guid id = controller.Get<ControllerIdentity>().Id;
        byte[] root = controller.Root.RawData;
        var key = controller.Get<Uptrakit.Controller.Host.ServerCertificate>().Current.Key;

        await controller.RestartAsync();

        Assert.Equal(id, controller.Get<ControllerIdentity>().Id);
        Assert.Equal(root, controller.Root.RawData);
        Assert.Equal(key, controller.Get<Uptrakit.Controller.Host.ServerCertificate>().Current.Key);
    }

    [Fact]
    public async Task Cas_SavedTwiceAtOneVersion_AreSavedOnce()
    {
        await using TestController controller = await StartAsync();
        IAuthorityStore store = controller.Get<IAuthorityStore>();
        CaSet set = await store.LoadAsync(Cancel);
        CaFactory factory = controller.Get<CaFactory>();

        bool[] saved = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(
            () => store.TrySaveAsync([factory.Root(2 + i, CaState.Prepared).Record], set.Version, Cancel), Cancel)));

        Assert.Single(saved, static one => one);
        CaSet after = await store.LoadAsync(Cancel);
        Assert.Equal(set.Version + 1, after.Version);
        Assert.Equal(set.Records.Count + 1, after.Records.Count);
    }

    [Fact]
    public async Task CrlNumbers_AskedForAtOnce_NeverComeTwice()
    {
        await using TestController controller = await StartAsync();
        IAuthorityStore store = controller.Get<IAuthorityStore>();
        Guid ca = controller.Get<AuthorityKeys>().Current.Issuing.Id;
        await store.NextCrlNumberAsync(ca, Cancel);

        long[] numbers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => store.NextCrlNumberAsync(ca, Cancel), Cancel)));

        Assert.Equal(Enumerable.Range(2, 20).Select(static n => (long)n), numbers.Order());
    }

    [Fact]
    public async Task Write_ThatThrows_LeavesNothing()
    {
        await using TestController controller = await StartAsync();
        HubStore store = controller.Get<HubStore>();

        await Assert.ThrowsAsync<InvalidOperationException>(() => store.WriteAsync<bool>(async hub =>
        {
            controller.Get<AuditLog>().Add(hub, "user:alice", "test.write", "x");
            await hub.SaveChangesAsync(Cancel);
            throw new InvalidOperationException("broken");
        }, Cancel));

        Assert.DoesNotContain((await controller.Get<AuditLog>().ListAsync(100, null, Cancel)).Items, static entry => entry.Action == "test.write");
    }

    [Fact]
    public async Task Secrets_InTheDatabase_AreSealed()
    {
        await using TestController controller = await StartAsync();
        controller.Get<IDataProtectionProvider>().CreateProtector("test").Protect("x");

        List<string?> keys = await controller.Get<HubStore>().ReadAsync(hub => hub.DataProtectionKeys.Select(static key => key.Xml).ToListAsync(Cancel), Cancel);
        CaRecord ca = (await controller.Get<IAuthorityStore>().LoadAsync(Cancel)).Records[0];

        Assert.NotEmpty(keys);
        Assert.All(keys, static xml => Assert.DoesNotContain("<masterKey", xml, StringComparison.Ordinal));
        Assert.Throws<System.Security.Cryptography.CryptographicException>(() =>
        {
            using var key = System.Security.Cryptography.ECDsa.Create();
            key.ImportPkcs8PrivateKey(ca.SealedKey, out _);
        });
    }

    [Fact]
    public async Task Times_AreComparedByTheDatabase()
    {
        await using TestController controller = await StartAsync();
        HubStore store = controller.Get<HubStore>();
        DateTimeOffset noon = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);
        await store.WriteAsync(hub =>
        {
            foreach (int hours in new[] { -1, 0, 1 })
                hub.Audit.Add(new AuditRow { At = noon.AddHours(hours), Actor = "a", Action = "test.time", Subject = $"{hours}" });
            return Task.FromResult(true);
        }, Cancel);

        List<string> later = await store.ReadAsync(hub => hub.Audit.Where(row => row.Action == "test.time" && row.At > noon)
            .Select(static row => row.Subject).ToListAsync(Cancel), Cancel);

        Assert.Equal(["1"], later);
    }

    private async Task<TestController> StartAsync() => await TestController.StartAsync(await DatabaseAsync());
}

public sealed class SqliteStorageTests : StorageSuite
{
    protected override Task<string?> DatabaseAsync() => Task.FromResult<string?>(null);
}

[Collection(nameof(PostgresServer))]
public sealed class PostgresStorageTests(PostgresServer server) : StorageSuite
{
    protected override async Task<string?> DatabaseAsync() => await server.DatabaseAsync(TestContext.Current.CancellationToken);
}
