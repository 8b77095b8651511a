using Uptrakit.Controller.Authority;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Tests.Authority;

public sealed class RotationTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Issuing_Activated_SignsAndTheFormerStaysAccepted()
    {
        await using TestController controller = await TestController.StartAsync();
        LiveCa former = controller.Now.Issuing;
        Issued old = await controller.EnrollAsync();

        await TestRotation.RunAsync(controller, RotationStep.PrepareIssuing);
        Assert.Equal(former.Id, controller.Now.Issuing.Id);
        Assert.Single(controller.Now.Accepted);
        await TestRotation.RunAsync(controller, RotationStep.ActivateIssuing);

        Assert.NotEqual(former.Id, controller.Now.Issuing.Id);
        Assert.Equal("Uptrakit Issuing G2", controller.Now.Issuing.Certificate.Subject[3..22]);
        Assert.Equal([controller.Now.Issuing.Id, former.Id], controller.Now.Accepted.Select(ca => ca.Id));
        Assert.Equal(controller.Now.Issuing.Id, (await controller.EnrollAsync()).Record.CaId);
        Assert.True((await Verifier(controller).VerifyAsync(old.Leaf, Cancel)).Accepted);
        Assert.Single(controller.Now.Bundle);
    }

    [Fact]
    public async Task Issuing_RetiredWhileServicesLiveUnderIt_IsRefusedWithTheirNumber()
    {
        await using TestController controller = await TestController.StartAsync();
        TestCensus census = new();
        Rotation rotation = TestRotation.Of(controller, census);
        LiveCa former = controller.Now.Issuing;
        Issued old = await controller.EnrollAsync();
        await TestRotation.RunAsync(controller, RotationStep.PrepareIssuing, RotationStep.ActivateIssuing);
        census.Living[former.Id] = 7;

        StepOutcome refused = await rotation.RunAsync(RotationStep.RetireIssuing, force: false, Cancel);
        Assert.Equal(StepResult.Refused, refused.Result);
        Assert.StartsWith("7 Services", refused.Message, StringComparison.Ordinal);
        Assert.True((await Verifier(controller).VerifyAsync(old.Leaf, Cancel)).Accepted);

        StepOutcome forced = await rotation.RunAsync(RotationStep.RetireIssuing, force: true, Cancel);
        Assert.Equal(StepResult.Done, forced.Result);
        Assert.Equal(ClientRefusal.UnknownIssuer, (await Verifier(controller).VerifyAsync(old.Leaf, Cancel)).Refusal);
        Assert.Empty(controller.Now.Set.Records.Single(ca => ca.Id == former.Id).SealedKey);
        Assert.Null(controller.Now.Find(former.KeyId));
    }

    [Fact]
    public async Task Root_HandedOver_BundleAndChainFollowEachStep()
    {
        await using TestController controller = await TestController.StartAsync();
        CertificateFingerprint first = CertificateFingerprint.Of(controller.Now.Anchor);

        await TestRotation.RunAsync(controller, RotationStep.PrepareRoot);
        Assert.Equal([first], Bundle(controller));
        Assert.Empty(controller.Now.HandOvers);

        await TestRotation.RunAsync(controller, RotationStep.DistributeRoot);
        CertificateFingerprint second = controller.Now.Roots[1].Fingerprint;
        Assert.Equal([first, second], Bundle(controller));
        Assert.Single(controller.Now.ServerIntermediates);

        await TestRotation.RunAsync(controller, RotationStep.ActivateRoot);
        Assert.Equal([second, first], Bundle(controller));
        Assert.Equal(second, CertificateFingerprint.Of(controller.Now.Anchor));
        HandOver pair = Assert.Single(controller.Now.HandOvers);
        Assert.Equal(first, CertificateFingerprint.Of(pair.Former));
        Assert.Equal([controller.Now.Issuing.Certificate, pair.Cross], controller.Now.ServerIntermediates);
        Assert.Equal([controller.Now.Issuing.Certificate], controller.Now.Intermediates);

        await TestRotation.RunAsync(controller, RotationStep.RetireRoot);
        Assert.Equal([second], Bundle(controller));
        Assert.Single(controller.Now.ServerIntermediates);
        Assert.Single(controller.Now.HandOvers); // a unit file with the first pin still starts
        Assert.Single(controller.Now.Accepted);
    }

    [Fact]
    public async Task Root_HandedOverMoreOftenThanServicesRead_ServesTheNewestPairs()
    {
        await using TestController controller = await TestController.StartAsync();
        for (int i = 0; i < 17; i++)
        {
            await TestRotation.RunAsync(controller,
                RotationStep.PrepareRoot, RotationStep.DistributeRoot, RotationStep.ActivateRoot, RotationStep.RetireRoot);
        }

        IReadOnlyList<LiveCa> roots = controller.Now.Roots;
        Assert.Equal(18, roots.Count);
        Assert.Equal(roots.Skip(9).Take(8).Select(root => root.Fingerprint), controller.Now.HandOvers.Select(pair => CertificateFingerprint.Of(pair.Former)));
        Assert.True(CertificateBundle.TryParse(
            System.Text.Encoding.ASCII.GetBytes(CertificateBundle.Of(controller.Now.HandOvers.SelectMany(pair => new[] { pair.Former, pair.Cross })).ToPem()),
            out _, out _));
    }

    [Fact]
    public async Task Root_Retired_NeedsEveryServicesTrustOrForce()
    {
        await using TestController controller = await TestController.StartAsync();
        TestCensus census = new() { Trusting = new Coverage(18, 20) };
        Rotation rotation = TestRotation.Of(controller, census);
        Guid former = controller.Now.Issuing.Id;
        await TestRotation.RunAsync(controller, RotationStep.PrepareRoot, RotationStep.DistributeRoot, RotationStep.ActivateRoot);

        StepOutcome outcome = await rotation.RunAsync(RotationStep.RetireRoot, force: false, Cancel);
        Assert.Equal(StepResult.Refused, outcome.Result);
        Assert.StartsWith("2 of 20 Services", outcome.Message, StringComparison.Ordinal);
        Assert.Equal([CertificateFingerprint.Of(controller.Now.Anchor)], census.Asked);

        census.Trusting = new Coverage(20, 20);
        census.Living[former] = 1;
        outcome = await rotation.RunAsync(RotationStep.RetireRoot, force: false, Cancel);
        Assert.Equal(StepResult.Refused, outcome.Result);
        Assert.StartsWith("1 Services", outcome.Message, StringComparison.Ordinal);

        Assert.Equal(StepResult.Done, (await rotation.RunAsync(RotationStep.RetireRoot, force: true, Cancel)).Result);
    }

    [Fact]
    public async Task Root_RetiredAfterTheIssuingCaWasRotatedMeanwhile_LeavesThatOneAccepted()
    {
        await using TestController controller = await TestController.StartAsync();
        await TestRotation.RunAsync(controller, RotationStep.PrepareRoot, RotationStep.DistributeRoot, RotationStep.ActivateRoot);
        LiveCa second = controller.Now.Issuing;
        await TestRotation.RunAsync(controller, RotationStep.PrepareIssuing, RotationStep.ActivateIssuing);
        Assert.Equal(3, controller.Now.Accepted.Count);

        await TestRotation.RunAsync(controller, RotationStep.RetireRoot);

        Assert.Equal([controller.Now.Issuing.Id, second.Id], controller.Now.Accepted.Select(ca => ca.Id));
        await TestRotation.RunAsync(controller, RotationStep.RetireIssuing);
        Assert.Single(controller.Now.Accepted);
    }

    [Fact]
    public async Task Steps_Repeated_AreDoneOnce()
    {
        await using TestController controller = await TestController.StartAsync();
        Rotation rotation = TestRotation.Of(controller);
        foreach (RotationStep step in (RotationStep[])
            [
                RotationStep.PrepareIssuing, RotationStep.ActivateIssuing, RotationStep.RetireIssuing,
                RotationStep.PrepareRoot, RotationStep.DistributeRoot, RotationStep.ActivateRoot, RotationStep.RetireRoot,
            ])
        {
            Assert.Equal(StepResult.Done, (await rotation.RunAsync(step, force: false, Cancel)).Result);
            int saves = controller.Store.Saves;
            Assert.Equal(StepResult.AlreadyDone, (await rotation.RunAsync(step, force: false, Cancel)).Result);
            Assert.Equal(saves, controller.Store.Saves);
        }
    }

    [Theory]
    [InlineData(nameof(RotationStep.ActivateIssuing))]
    [InlineData(nameof(RotationStep.RetireIssuing))]
    [InlineData(nameof(RotationStep.DistributeRoot))]
    [InlineData(nameof(RotationStep.ActivateRoot))]
    [InlineData(nameof(RotationStep.RetireRoot))]
    public async Task Step_OutOfOrder_IsRefusedEvenWithForce(string step)
    {
        await using TestController controller = await TestController.StartAsync();

        StepOutcome outcome = await TestRotation.Of(controller).RunAsync(Enum.Parse<RotationStep>(step), force: true, Cancel);

        Assert.Equal(StepResult.Refused, outcome.Result);
        Assert.Contains("first", outcome.Message, StringComparison.Ordinal);
        Assert.Equal(1, controller.Store.Saves);
    }

    [Fact]
    public async Task ActivateRoot_NotDistributed_IsRefused()
    {
        await using TestController controller = await TestController.StartAsync();
        await TestRotation.RunAsync(controller, RotationStep.PrepareRoot);

        StepOutcome outcome = await TestRotation.Of(controller).RunAsync(RotationStep.ActivateRoot, force: true, Cancel);

        Assert.Equal(StepResult.Refused, outcome.Result);
        Assert.Contains("distribute it first", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HandOver_DuringOneOrDuringAnIssuingRotation_IsRefused()
    {
        await using TestController controller = await TestController.StartAsync();
        Rotation rotation = TestRotation.Of(controller);
        await TestRotation.RunAsync(controller, RotationStep.PrepareIssuing);
        Assert.Equal(StepResult.Refused, (await rotation.RunAsync(RotationStep.PrepareRoot, force: true, Cancel)).Result);

        await TestRotation.RunAsync(controller, RotationStep.Abandon, RotationStep.PrepareRoot);
        Assert.Equal(StepResult.Refused, (await rotation.RunAsync(RotationStep.PrepareIssuing, force: true, Cancel)).Result);
        Assert.Equal(StepResult.Refused, (await rotation.RunAsync(RotationStep.ActivateIssuing, force: true, Cancel)).Result);

        await TestRotation.RunAsync(controller, RotationStep.DistributeRoot, RotationStep.ActivateRoot);
        Assert.Equal(StepResult.Refused, (await rotation.RunAsync(RotationStep.PrepareRoot, force: true, Cancel)).Result);
        Assert.Equal(StepResult.Refused, (await rotation.RunAsync(RotationStep.RetireIssuing, force: true, Cancel)).Result);
    }

    [Fact]
    public async Task Step_AnotherControllerWasFaster_FindsItDoneAndMakesNoSecondCa()
    {
        await using TestController controller = await TestController.StartAsync();
        Rotation rotation = TestRotation.Of(controller);
        StepOutcome? other = null;
        controller.Store.BeforeSave = () => other = TestRotation.Of(controller).RunAsync(RotationStep.PrepareRoot, false, Cancel).GetAwaiter().GetResult();

        StepOutcome own = await rotation.RunAsync(RotationStep.PrepareRoot, force: false, Cancel);

        Assert.Equal(StepResult.Done, other!.Result);
        Assert.Equal(StepResult.AlreadyDone, own.Result);
        Assert.Equal(2, controller.Now.Roots.Count);
    }

    [Fact]
    public async Task Abandon_DistributedRoot_LeavesBundleAndHandOversAsTheyWere()
    {
        await using TestController controller = await TestController.StartAsync();
        IReadOnlyList<CertificateFingerprint> before = Bundle(controller);

        await TestRotation.RunAsync(controller, RotationStep.PrepareRoot, RotationStep.DistributeRoot, RotationStep.Abandon);

        Assert.Equal(before, Bundle(controller));
        Assert.Empty(controller.Now.HandOvers);
        await TestRotation.RunAsync(controller, RotationStep.PrepareRoot, RotationStep.DistributeRoot, RotationStep.ActivateRoot);
        Assert.Equal(3, controller.Now.Anchor.Subject[^10] - '0'); // generations are never used twice
    }

    [Fact]
    public async Task Start_TwoControllersOnOneNewDatabase_HaveTheSameCas()
    {
        await using TestController one = TestController.New();
        AuthorityKeys other = new(one.Store, one.Sealer, one.Factory, one.Clock);
        one.Store.BeforeSave = () => Assert.Null(other.StartAsync(null, Cancel).GetAwaiter().GetResult());

        Assert.Null(await one.Keys.StartAsync(null, Cancel));

        Assert.Equal(other.Current.Anchor, one.Now.Anchor);
        Assert.Single(one.Now.Roots);
        Assert.Equal(1, one.Store.Saves);
    }

    [Fact]
    public async Task Reload_AnotherControllerRotated_TakesItAndSaysSo()
    {
        await using TestController one = await TestController.StartAsync();
        AuthorityKeys other = new(one.Store, one.Sealer, one.Factory, one.Clock);
        Assert.Null(await other.StartAsync(null, Cancel));
        List<long> changes = [];
        other.Changed += snapshot => changes.Add(snapshot.Version);

        await TestRotation.RunAsync(one, RotationStep.PrepareIssuing, RotationStep.ActivateIssuing);
        Assert.Null(await other.ReloadAsync(Cancel));
        Assert.Null(await other.ReloadAsync(Cancel));

        Assert.Equal(one.Now.Issuing.Id, other.Current.Issuing.Id);
        Assert.Equal([3], changes);
    }

    [Fact]
    public async Task Status_ThroughAHandOver_SaysPhaseCoverageAndWhoLives()
    {
        await using TestController controller = await TestController.StartAsync();
        TestCensus census = new() { Trusting = new Coverage(3, 4) };
        Rotation rotation = TestRotation.Of(controller, census);
        Guid former = controller.Now.Issuing.Id;
        census.Living[former] = 4;
        Assert.Equal(RotationPhase.AtRest, (await rotation.StatusAsync(Cancel)).Root);

        await TestRotation.RunAsync(controller, RotationStep.PrepareRoot, RotationStep.DistributeRoot);
        RotationStatus distributing = await rotation.StatusAsync(Cancel);
        Assert.Equal(RotationPhase.Distributing, distributing.Root);
        Assert.Equal(new Coverage(3, 4), distributing.Trusting);
        Assert.Equal(distributing.NextRoot, census.Asked[^1]);

        await TestRotation.RunAsync(controller, RotationStep.ActivateRoot);
        RotationStatus activated = await rotation.StatusAsync(Cancel);
        Assert.Equal(RotationPhase.Activated, activated.Root);
        Assert.Equal(distributing.NextRoot, activated.ActiveRoot);
        Assert.Equal(distributing.ActiveRoot, activated.FormerRoot);
        RetiringCa retiring = Assert.Single(activated.Retiring);
        Assert.Equal((former, 4), (retiring.Id, retiring.LivingServices));
        Assert.False(activated.IssuingIsDue);

        controller.Clock.Advance(TimeSpan.FromDays(4 * 366));
        Assert.True((await rotation.StatusAsync(Cancel)).IssuingIsDue);
    }

    private static ClientVerifier Verifier(TestController controller) =>
        new(controller.Options, controller.Keys, controller.Store, controller.Clock);

    private static IReadOnlyList<CertificateFingerprint> Bundle(TestController controller) =>
        [.. controller.Now.Bundle.Select(CertificateFingerprint.Of)];
}
