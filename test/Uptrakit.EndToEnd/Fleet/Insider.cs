using System.Security.Cryptography.X509Certificates;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Shared.Fleet;

namespace Uptrakit.EndToEnd.Fleet;

/// <summary>An agent that has enrolled and stopped: what an attacker has who owns one host of the fleet.</summary>
public sealed class Insider(SharedController shared) : IAsyncLifetime
{
    private readonly ScratchFolder scratch = new();

    internal ServiceProcess Agent { get; private set; } = null!;

    /// <summary>Its certificate with its key.</summary>
    internal X509Certificate2 Leaf => X509Certificate2.CreateFromPem(
        FleetTest.CertificatesIn(Agent.State().GetProperty("service").GetProperty("certificate"))[0].ExportCertificatePem(),
        File.ReadAllText(Agent.KeyFile));

    internal X509Certificate2 Root => FleetTest.CertificatesIn(Agent.State().GetProperty("trust").GetProperty("bundle"))[0];

    internal X509Certificate2 IssuingCa => FleetTest.CertificatesIn(Agent.State().GetProperty("service").GetProperty("certificate"))[1];

    public async ValueTask InitializeAsync()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        ControllerProcess controller = await shared.ReadyAsync(cancel);
        Agent = new ServiceProcess(scratch["agent"]);
        Agent.Launch(await controller.TokenAsync(cancel), "--enrollment-token-file", "-");
        await Agent.ConnectedAsync(cancel);
        await Agent.StopAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await Agent.DisposeAsync();
        scratch.Dispose();
    }
}
