using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Controller.Settings;
using Uptrakit.Controller.Storage;

namespace Uptrakit.Controller.Host;

/// <summary>What must be in order before the first port is opened.</summary>
internal sealed class Startup(Schema schema, ControllerIdentity identity, ServerCertificate certificate, TimeProvider clock)
{
    /// <summary>The answer is what is wrong, or null.</summary>
    public async Task<string?> RunAsync(CancellationToken cancel)
    {
        if (await schema.PrepareAsync(cancel) is { } fault)
            return fault;
        await identity.LoadAsync(cancel);

        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        DateTimeOffset now = clock.GetUtcNow();
        certificate.Take(new ServerIdentity(request.CreateSelfSigned(now.AddMinutes(-5), now.AddDays(1)), [], isOperators: false), "localhost");
        return null;
    }
}
