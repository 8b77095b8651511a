using System.Security.Cryptography.X509Certificates;
using Uptrakit.Cli.Commands;
using Uptrakit.Cli.Configuration;
using Uptrakit.Cli.Connection;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Cli.Trust;

/// <summary>Finds a Controller's authority and proves that the server is under it, before anything secret is said.</summary>
internal sealed class FirstMeeting(CliEnvironment environment, Target target)
{
    /// <summary>What the server serves as its authorities. Proves nothing: anyone can serve the genuine ones.</summary>
    internal Task<ApiResult<CertificateBundle>> LookAsync(CancellationToken cancel) =>
        FetchAsync(target with { Insecure = true }, cancel);

    /// <summary>Verifies the server with the one authority of that fingerprint, name and dates included.</summary>
    internal async Task<ApiResult<StoredCa>> MeetAsync(CertificateFingerprint pin, CancellationToken cancel)
    {
        ApiResult<CertificateBundle> seen = await LookAsync(cancel);
        if (seen.Value is null)
            return seen.Fault!;
        if (seen.Value.Find(pin) is not X509Certificate2 authority)
            return NotThatOne();

        StoredCa ca = new(authority.ExportCertificatePem(), pin.ToString(), environment.Clock.GetUtcNow());
        Target verified = target with { Insecure = false, Known = target.Known with { Ca = ca } };
        ApiResult<CertificateBundle> again = await FetchAsync(verified, cancel);
        if (again.Value is null)
            return again.Fault!;
        return again.Value.Find(pin) is null ? NotThatOne() : ca;
    }

    // Never the fingerprint that was seen: whoever is told to compare would copy it.
    internal ApiFault NotThatOne() => new(ExitCode.TrustRefused,
        $"{target.Name} has no authority with that fingerprint: nothing was stored",
        "read it once more in the Dashboard under Global Settings, or with 'uptrakit-controller admin ca fingerprint' on the host; "
        + "if it differs, something else answers at that address");

    private async Task<ApiResult<CertificateBundle>> FetchAsync(Target from, CancellationToken cancel)
    {
        using ApiClient client = new(from, ServerHandler.For(from, environment));
        ApiResult<ApiReply> sent = await client.SendAsync(ApiRequest.Get("pki/ca.crt"), null, cancel);
        if (sent.Value is not ApiReply reply)
            return sent.Fault!;
        if (!reply.Succeeded)
            return reply.Fault();
        return CertificateBundle.TryParse(reply.Body, out CertificateBundle? bundle, out BundleFault fault)
            ? bundle
            : new ApiFault(ExitCode.TrustRefused, $"{from.Name} serves no authorities that can be read ({fault})",
                "see whether a Controller answers there");
    }
}
