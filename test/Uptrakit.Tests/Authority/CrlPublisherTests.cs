using System.Numerics;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Controller.Authority;

namespace Uptrakit.Tests.Authority;

public sealed class CrlPublisherTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Crl_AskedAgain_IsTheSameUntilARevocationOrAnHour()
    {
        await using TestController controller = await TestController.StartAsync();
        using CrlPublisher crls = new(controller.Store, controller.Keys, controller.Clock);
        Issued leaf = await controller.EnrollAsync();
        byte[] first = await crls.OfIssuingAsync(Cancel);
        Assert.Same(first, await crls.OfIssuingAsync(Cancel));

        controller.Store.Revoke(leaf.Record, controller.Clock.GetUtcNow(), X509RevocationReason.KeyCompromise);
        crls.Invalidate();
        byte[] second = await crls.OfIssuingAsync(Cancel);
        controller.Clock.Advance(TimeSpan.FromHours(1));
        byte[] third = await crls.OfIssuingAsync(Cancel);

        Assert.Equal([1, 2, 3], [NumberOf(first), NumberOf(second), NumberOf(third)]);
        Assert.False(Has(first, leaf));
        Assert.True(Has(second, leaf));
    }

    [Fact]
    public async Task Crl_RevokedLeafHasLongExpired_LeavesItOut()
    {
        await using TestController controller = await TestController.StartAsync();
        using CrlPublisher crls = new(controller.Store, controller.Keys, controller.Clock);
        Issued leaf = await controller.EnrollAsync();
        controller.Store.Revoke(leaf.Record, controller.Clock.GetUtcNow(), X509RevocationReason.KeyCompromise);

        controller.Clock.SetUtcNow(leaf.Record.NotAfter.AddDays(1));
        Assert.True(Has(await crls.OfIssuingAsync(Cancel), leaf));
        controller.Clock.SetUtcNow(leaf.Record.NotAfter.AddDays(3));
        Assert.False(Has(await crls.OfIssuingAsync(Cancel), leaf));
    }

    [Fact]
    public async Task Crl_OfARetiringCa_IsStillSignedAndOfARetiredOneNot()
    {
        await using TestController controller = await TestController.StartAsync();
        using CrlPublisher crls = new(controller.Store, controller.Keys, controller.Clock);
        string former = controller.Now.Issuing.KeyId;
        X509Certificate2 certificate = controller.Now.Issuing.Certificate;
        string root = controller.Now.Roots[0].KeyId;

        await TestRotation.RunAsync(controller, RotationStep.PrepareIssuing, RotationStep.ActivateIssuing);
        Assert.NotNull(await crls.FindAsync(former, Cancel));
        Assert.False(Lists(await crls.FindAsync(root, Cancel), certificate));

        await TestRotation.RunAsync(controller, RotationStep.RetireIssuing);
        Assert.Null(await crls.FindAsync(former, Cancel));
        Assert.True(Lists(await crls.FindAsync(root, Cancel), certificate)); // without Invalidate: the snapshot is a newer one
    }

    [Fact]
    public async Task Crl_GivenUpSuccessor_IsRevokedByTheRootThatSignedIt()
    {
        await using TestController controller = await TestController.StartAsync();
        using CrlPublisher crls = new(controller.Store, controller.Keys, controller.Clock);
        await TestRotation.RunAsync(controller, RotationStep.PrepareRoot, RotationStep.DistributeRoot);
        X509Certificate2 cross = Assert.Single(controller.Now.HandOvers).Cross;

        await TestRotation.RunAsync(controller, RotationStep.Abandon);

        Assert.True(Lists(await crls.FindAsync(controller.Now.Roots[0].KeyId, Cancel), cross));
    }

    [Fact]
    public async Task Crl_RevokedWhileItIsMade_IsNotKept()
    {
        await using TestController controller = await TestController.StartAsync();
        SlowStore slow = new(controller.Store);
        using CrlPublisher crls = new(slow, controller.Keys, controller.Clock);
        Issued leaf = await controller.EnrollAsync();
        slow.AfterListing = () =>
        {
            controller.Store.Revoke(leaf.Record, controller.Clock.GetUtcNow(), X509RevocationReason.KeyCompromise);
            crls.Invalidate();
        };

        Assert.False(Has(await crls.OfIssuingAsync(Cancel), leaf));
        Assert.True(Has(await crls.OfIssuingAsync(Cancel), leaf));
    }

    private static BigInteger NumberOf(byte[] crl)
    {
        CertificateRevocationListBuilder.Load(crl, out BigInteger number);
        return number;
    }

    private static bool Has(byte[] crl, Issued leaf) => Lists(crl, leaf.Leaf);

    private static bool Lists(byte[]? crl, X509Certificate2 certificate) =>
        CertificateRevocationListBuilder.Load(crl!, out _).RemoveEntry(certificate.SerialNumberBytes.Span);

    private sealed class SlowStore(IAuthorityStore inner) : IAuthorityStore
    {
        public Action? AfterListing { get; set; }

        public async Task<IReadOnlyList<IssuedCertificate>> ListRevokedAsync(Guid caId, DateTimeOffset endingAfter, CancellationToken cancel)
        {
            IReadOnlyList<IssuedCertificate> list = await inner.ListRevokedAsync(caId, endingAfter, cancel);
            AfterListing?.Invoke();
            AfterListing = null;
            return list;
        }

        public Task<long> NextCrlNumberAsync(Guid caId, CancellationToken cancel) => inner.NextCrlNumberAsync(caId, cancel);

        public Task<CaSet> LoadAsync(CancellationToken cancel) => inner.LoadAsync(cancel);

        public Task<bool> TrySaveAsync(IReadOnlyList<CaRecord> changed, long expectedVersion, CancellationToken cancel) =>
            inner.TrySaveAsync(changed, expectedVersion, cancel);

        public Task RecordAsync(IssuedCertificate issued, CancellationToken cancel) => inner.RecordAsync(issued, cancel);

        public Task<IssuedCertificate?> FindIssuedAsync(Guid caId, string serial, CancellationToken cancel) =>
            inner.FindIssuedAsync(caId, serial, cancel);
    }
}
