using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Controller.Authority;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Tests.Authority;

/// <summary>What the Authority needs of a store; run once for each backend.</summary>
public abstract class AuthorityStoreContract
{
    private static readonly DateTimeOffset Time = new(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Load_NothingStored_IsVersionZero()
    {
        CaSet set = await (await OpenAsync()).LoadAsync(Cancel);

        Assert.Equal(0, set.Version);
        Assert.Empty(set.Records);
    }

    [Fact]
    public async Task Save_EveryField_ComesBack()
    {
        IAuthorityStore store = await OpenAsync();
        CaRecord root = Ca(CaRole.Root, 1);
        CaRecord issuing = Ca(CaRole.Issuing, 1) with { ParentId = root.Id, Activated = null };
        CaRecord external = Ca(CaRole.External, 1) with
        {
            State = CaState.Retired, Above = [7, 8], CrossCertificate = [9], SealedKey = [], Retired = Time.AddDays(2),
        };

        Assert.True(await store.TrySaveAsync([root, issuing, external], expectedVersion: 0, Cancel));

        CaSet set = await store.LoadAsync(Cancel);
        Assert.Equal(1, set.Version);
        Assert.Equal(3, set.Records.Count);
        foreach (CaRecord saved in (CaRecord[])[root, issuing, external])
            Assert.Equivalent(saved, set.Records.Single(ca => ca.Id == saved.Id), strict: true);
    }

    [Fact]
    public async Task Save_OldVersion_ChangesNothing()
    {
        IAuthorityStore store = await OpenAsync();
        CaRecord root = Ca(CaRole.Root, 1);
        Assert.True(await store.TrySaveAsync([root], expectedVersion: 0, Cancel));

        Assert.False(await store.TrySaveAsync([root with { State = CaState.Retired }, Ca(CaRole.Root, 2)], expectedVersion: 0, Cancel));

        CaSet set = await store.LoadAsync(Cancel);
        Assert.Equal(1, set.Version);
        Assert.Equal(CaState.Active, Assert.Single(set.Records).State);
    }

    [Fact]
    public async Task Save_KnownAndNew_ReplacesAndAddsAndLeavesTheRest()
    {
        IAuthorityStore store = await OpenAsync();
        CaRecord root = Ca(CaRole.Root, 1);
        CaRecord issuing = Ca(CaRole.Issuing, 1);
        Assert.True(await store.TrySaveAsync([root, issuing], expectedVersion: 0, Cancel));
        CaRecord next = Ca(CaRole.Issuing, 2);

        Assert.True(await store.TrySaveAsync([issuing with { State = CaState.Retiring, Certificate = [3] }, next], expectedVersion: 1, Cancel));

        CaSet set = await store.LoadAsync(Cancel);
        Assert.Equal(2, set.Version);
        Assert.Equal([root.Id, issuing.Id, next.Id], set.Records.OrderBy(ca => ca.Role).ThenBy(ca => ca.Generation).Select(ca => ca.Id));
        CaRecord changed = set.Records.Single(ca => ca.Id == issuing.Id);
        Assert.Equal((CaState.Retiring, 3), (changed.State, changed.Certificate[0]));
    }

    [Fact]
    public async Task Save_ManyAtOnce_OneWins()
    {
        IAuthorityStore store = await OpenAsync();
        Assert.True(await store.TrySaveAsync([Ca(CaRole.Root, 1)], expectedVersion: 0, Cancel));

        bool[] won = await Task.WhenAll(Enumerable.Range(2, 8).Select(generation =>
            Task.Run(() => store.TrySaveAsync([Ca(CaRole.Root, generation)], expectedVersion: 1, Cancel), Cancel)));

        Assert.Single(won, true);
        CaSet set = await store.LoadAsync(Cancel);
        Assert.Equal((2, 2), (set.Version, set.Records.Count));
    }

    [Fact]
    public async Task Issued_Recorded_IsFoundBySerialAndCa()
    {
        IAuthorityStore store = await OpenAsync();
        IssuedCertificate leaf = Leaf(Guid.NewGuid());
        await store.RecordAsync(leaf, Cancel);

        Assert.Equal(leaf, await store.FindIssuedAsync(leaf.CaId, leaf.Serial, Cancel));
        Assert.Null(await store.FindIssuedAsync(Guid.NewGuid(), leaf.Serial, Cancel));
        Assert.Null(await store.FindIssuedAsync(leaf.CaId, leaf.Serial + "0", Cancel));
        await Assert.ThrowsAnyAsync<Exception>(() => store.RecordAsync(leaf with { ServiceId = Guid.NewGuid() }, Cancel));
        Assert.Equal(leaf, await store.FindIssuedAsync(leaf.CaId, leaf.Serial, Cancel));
    }

    [Fact]
    public async Task Revoked_OfOneCaEndingLater_AreListed()
    {
        IAuthorityStore store = await OpenAsync();
        Guid ca = Guid.NewGuid();
        IssuedCertificate revoked = Leaf(ca) with { Revoked = Time, Reason = X509RevocationReason.KeyCompromise };
        IssuedCertificate[] others =
        [
            Leaf(ca),
            Leaf(Guid.NewGuid()) with { Revoked = Time },
            Leaf(ca) with { Revoked = Time, NotAfter = Time.AddDays(1) },
        ];
        foreach (IssuedCertificate leaf in others.Append(revoked))
            await store.RecordAsync(leaf, Cancel);

        Assert.Equal([revoked], await store.ListRevokedAsync(ca, Time.AddDays(2), Cancel));
    }

    [Fact]
    public async Task CrlNumber_Asked_CountsUpForEachCaAndNeverTwice()
    {
        IAuthorityStore store = await OpenAsync();
        Guid ca = Guid.NewGuid();
        Assert.Equal(1, await store.NextCrlNumberAsync(ca, Cancel));
        Assert.Equal(1, await store.NextCrlNumberAsync(Guid.NewGuid(), Cancel));

        long[] numbers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => store.NextCrlNumberAsync(ca, Cancel), Cancel)));

        Assert.Equal([2, 3, 4, 5, 6, 7, 8, 9], numbers.Order());
    }

    /// <summary>An empty store.</summary>
    private protected abstract Task<IAuthorityStore> OpenAsync();

    private static CaRecord Ca(CaRole role, int generation) => new()
    {
        Id = Guid.NewGuid(),
        Role = role,
        State = CaState.Active,
        Generation = generation,
        Certificate = [1],
        SealedKey = [2],
        Created = Time,
        Activated = Time.AddDays(1),
    };

    private static IssuedCertificate Leaf(Guid ca) => new()
    {
        Serial = SerialText.Of(SerialText.Fresh()),
        CaId = ca,
        Kind = LeafKind.Service,
        ServiceId = Guid.NewGuid(),
        Key = SpkiFingerprint.OfSubjectPublicKeyInfo(RandomNumberGenerator.GetBytes(32)),
        NotBefore = Time,
        NotAfter = Time.AddDays(30),
    };
}

public sealed class MemoryAuthorityStoreTests : AuthorityStoreContract
{
    private protected override Task<IAuthorityStore> OpenAsync() => Task.FromResult<IAuthorityStore>(new MemoryAuthorityStore());
}
