using Microsoft.Extensions.Logging;
using Uptrakit.CommandLine;
using Uptrakit.Contracts.Client;
using Uptrakit.Services.Session;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Services.Bootstrap;

/// <summary>A Controller that has been met.</summary>
internal sealed record MetController(ControllerAddress Address, EstablishedTrust Trust);

/// <summary>First contacts. Who is not there is asked again, with growing pauses; who is refused is not.</summary>
internal sealed class Contact(FirstContact contact, Backoff backoff, TimeProvider clock, ILogger logger)
{
    /// <summary>Meets the Controller at the first of its addresses that answers.</summary>
    public async Task<StartResult<MetController>> MeetAsync(
        IReadOnlyList<ControllerAddress> addresses, ContactRequest request, CancellationToken cancel)
    {
        backoff.Reset();
        while (true)
        {
            List<string> words = [];
            foreach (ControllerAddress address in addresses)
            {
                switch (await contact.EstablishAsync(address, request, cancel))
                {
                    case ContactOutcome.Established established:
                        return new MetController(address, established.Trust);
                    case ContactOutcome.Refused refused:
                        return Refuse(address, request, refused);
                    case ContactOutcome.Unreachable unreachable:
                        words.Add(unreachable.Words);
                        break;
                }
            }

            TimeSpan wait = backoff.Next();
            logger.Unreachable(string.Join("; ", words), wait.TotalSeconds);
            await Task.Delay(wait, clock, cancel);
        }
    }

    /// <summary>Asks once.</summary>
    public Task<ContactOutcome> AskAsync(ControllerAddress address, ContactRequest request, CancellationToken cancel) =>
        contact.EstablishAsync(address, request, cancel);

    private ExitCode Refuse(ControllerAddress address, ContactRequest request, ContactOutcome.Refused refused)
    {
        logger.TrustRefused(address.ToString(), Plain.Line(refused.Words));
        string? demanded = (request.Acknowledged ?? request.Trust.Fingerprint)?.ToString() ?? request.Trust.Spki?.ToString();
        if (demanded is not null && refused.Observed is { } observed)
            logger.BothFingerprints(demanded, observed.ToString());
        return ExitCode.TrustRefused;
    }

    /// <summary>
    /// Before every connection of <c>insecure-tofu</c>: fetches the bundle anew, and warns. Null when somebody answered.
    /// </summary>
    public async Task<string?> LookAsync(ControllerAddress address, ContactRequest request, CancellationToken cancel)
    {
        switch (await contact.EstablishAsync(address, request, cancel))
        {
            case ContactOutcome.Established { Trust: { } seen }:
                logger.Insecure(address.ToString(), Seen(seen));
                return null;
            case ContactOutcome.Unreachable unreachable:
                return unreachable.Words;
            case ContactOutcome.Refused refused:
                return Plain.Line(refused.Words);
            default:
                return "no answer";
        }
    }

    // The authority that could be acknowledged: the one that issued the server's certificate, if any in the bundle did.
    private static CertificateFingerprint Seen(EstablishedTrust seen) =>
        CertificateFingerprint.Of(seen.LaterVerdict.Anchor?.Certificate ?? seen.Bundle.Certificates[0]);
}
