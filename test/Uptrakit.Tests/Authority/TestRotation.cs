using Uptrakit.Controller.Authority;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Tests.Authority;

/// <summary>A fleet that answers what the test says.</summary>
internal sealed class TestCensus : IFleetCensus
{
    public Coverage Trusting { get; set; }

    public Dictionary<Guid, int> Living { get; } = [];

    public List<CertificateFingerprint> Asked { get; } = [];

    public Task<Coverage> TrustingAsync(CertificateFingerprint anchor, CancellationToken cancel)
    {
        Asked.Add(anchor);
        return Task.FromResult(Trusting);
    }

    public Task<int> LivingUnderAsync(Guid caId, CancellationToken cancel) => Task.FromResult(Living.GetValueOrDefault(caId));
}

internal static class TestRotation
{
    public static Rotation Of(TestController controller, TestCensus? census = null) =>
        new(controller.Keys, controller.Store, controller.Factory, census ?? new TestCensus(), controller.Clock);

    /// <summary>Runs steps that must all be done.</summary>
    public static async Task RunAsync(TestController controller, params RotationStep[] steps)
    {
        Rotation rotation = Of(controller);
        foreach (RotationStep step in steps)
        {
            StepOutcome outcome = await rotation.RunAsync(step, force: false, TestContext.Current.CancellationToken);
            Assert.True(outcome.Result == StepResult.Done, $"{step}: {outcome.Message}");
        }
    }
}
