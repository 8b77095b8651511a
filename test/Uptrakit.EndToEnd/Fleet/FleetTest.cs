using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Shared.Fleet;
using Uptrakit.Trust.Digests;

namespace Uptrakit.EndToEnd.Fleet;

/// <summary>A test with processes of its own. They end with it; when it fails, the end of each log is shown.</summary>
public abstract class FleetTest : IAsyncLifetime
{
    private readonly List<ServiceProcess> services = [];
    private readonly List<ControllerProcess> controllers = [];

    private protected ScratchFolder Scratch { get; } = new();

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            Show();
        foreach (ServiceProcess service in services)
            await service.DisposeAsync();
        foreach (ControllerProcess controller in controllers)
            await controller.DisposeAsync();
        Scratch.Dispose();
    }

    /// <summary>A Service that has never run.</summary>
    private protected ServiceProcess NewService(string program = "uptrakit-agent")
    {
        ServiceProcess service = new(Scratch[$"service-{services.Count}"], program);
        services.Add(service);
        return service;
    }

    /// <summary>A Controller of this test's own, not started.</summary>
    private protected ControllerProcess NewController()
    {
        ControllerProcess controller = new(Scratch[$"hub-{controllers.Count}"]);
        controllers.Add(controller);
        return controller;
    }

    private protected static string IdOf(ServiceProcess service) => service.State().GetProperty("service").GetProperty("id").GetString()!;

    /// <summary>The certificates of a list in service.json.</summary>
    internal static X509Certificate2[] CertificatesIn(JsonElement list) =>
        [.. list.EnumerateArray().Select(static one => X509CertificateLoader.LoadCertificate(one.GetBytesFromBase64()))];

    private protected static string[] BundleOf(ServiceProcess service) =>
        [.. CertificatesIn(service.State().GetProperty("trust").GetProperty("bundle")).Select(static c => CertificateFingerprint.Of(c).ToString())];

    /// <summary>As openssl prints it: pairs with colons between, in capitals.</summary>
    private protected static string Colons(string digits) => string.Join(':', digits.ToUpperInvariant().Chunk(2).Select(static pair => new string(pair)));

    private protected virtual void Show()
    {
        ITestOutputHelper? output = TestContext.Current.TestOutputHelper;
        foreach (ControllerProcess controller in controllers)
            output?.WriteLine($"== a Controller\n{controller.Tail(30)}");
        for (int i = 0; i < services.Count; i++)
            output?.WriteLine($"== Service {i}\n{services[i].Tail(20)}");
    }
}
