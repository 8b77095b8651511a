using System.Security.Cryptography.X509Certificates;
using Uptrakit.Cli.Commands;
using Uptrakit.Cli.Configuration;
using Uptrakit.Cli.Connection;
using Uptrakit.Contracts.Client;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Cli.Trust;

/// <summary>Finds a Controller's authority and proves that the server is under it, before anything secret is said.</summary>
internal sealed class FirstMeeting(CliEnvironment environment, Target target)
{
    internal const string WhereToRead =
        "read it in the Dashboard under Global Settings, or with 'uptrakit-controller admin ca fingerprint' on the Controller's host";

    /// <summary>What the server serves as its authorities. Proves nothing: anyone can serve the genuine ones.</summary>
    internal async Task<ApiResult<CertificateBundle>> LookAsync(CancellationToken cancel) =>
        await ContactAsync(ServerTrust.Insecure(), cancel) switch
        {
            ContactOutcome.Established seen => seen.Trust.Bundle,
            { } failed => FaultOf(failed),
        };

    /// <summary>Verifies the server with the one authority of that fingerprint, name and dates included.</summary>
    internal async Task<ApiResult<StoredCa>> MeetAsync(CertificateFingerprint pin, CancellationToken cancel)
    {
        ContactOutcome outcome = await ContactAsync(ServerTrust.PinFingerprint(pin, skipHostname: false), cancel);
        return outcome is ContactOutcome.Established met && met.Trust.Bundle.Find(pin) is X509Certificate2 authority
            ? new StoredCa(authority.ExportCertificatePem(), pin.ToString(), environment.Clock.GetUtcNow())
            : FaultOf(outcome);
    }

    // Never the fingerprint that was seen: whoever is told to compare would copy it.
    internal static ApiFault NotThatOne(string server) => new(ExitCode.TrustRefused,
        $"{server} has no authority with that fingerprint: nothing was stored",
        $"{WhereToRead}; if it is what you gave, something else answers at that address");

    private Task<ContactOutcome> ContactAsync(ServerTrust how, CancellationToken cancel) =>
        new FirstContact(environment.Clock).EstablishAsync(
            target.Address, new ContactRequest { Trust = how, Deadline = target.Timeout }, cancel);

    private ApiFault FaultOf(ContactOutcome outcome) => outcome switch
    {
        ContactOutcome.Unreachable unreachable => new ApiFault(ExitCode.Unreachable, unreachable.Words,
            "see whether the address is right and the Controller runs"),
        ContactOutcome.Refused { Why: ContactRefusal.Server } refused => new ApiFault(ExitCode.TrustRefused,
            $"{target.Name} is refused: {refused.Words}: nothing was stored",
            $"'uptrakit trust explain --server {target.Name}' says more"),
        ContactOutcome.Refused { Why: ContactRefusal.Bundle } refused => new ApiFault(ExitCode.TrustRefused,
            $"{target.Name} is refused: {refused.Words}", "see whether a Controller answers there"),
        _ => NotThatOne(target.Name),
    };
}
