using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Uptrakit.CommandLine;
using Uptrakit.Contracts.Client;
using Uptrakit.Services.Session;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Services.Bootstrap;

/// <summary>A Controller that has been met.</summary>
internal sealed record MetController(ControllerAddress Address, EstablishedTrust Trust);

/// <summary>Why there is nobody to connect to.</summary>
/// <param name="Words">For a person.</param>
/// <param name="IsRefusal">Somebody answers, and not even who believes anyone can take it for a Controller.</param>
internal sealed record FailedLook(string Words, bool IsRefusal);

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
        // A server that has what is demanded, and is refused for another reason, is no mismatch.
        if (DemandedOf(request) is { } demanded && refused.Observed is { } observed && HashLike(request, observed) is var found && found != demanded)
            logger.BothFingerprints(demanded, found);
        return ExitCode.TrustRefused;
    }

    private static string? DemandedOf(ContactRequest request) =>
        (request.Acknowledged ?? request.Trust.Fingerprint)?.ToString() ?? request.Trust.Spki?.ToString();

    // Of the same kind as what is demanded: the hash of a key beside that of a certificate would always differ.
    private static string HashLike(ContactRequest request, X509Certificate2 observed) => request.Trust.Spki is null
        ? CertificateFingerprint.Of(observed).ToString()
        : SpkiFingerprint.TryOf(observed, out SpkiFingerprint? key) ? key.ToString() : "a key that cannot be read";

    /// <summary>
    /// Before every connection of <c>insecure-tofu</c>: fetches the bundle anew, and warns. Null when there is one to connect to.
    /// </summary>
    public async Task<FailedLook?> LookAsync(ControllerAddress address, ContactRequest request, CancellationToken cancel)
    {
        switch (await contact.EstablishAsync(address, request, cancel))
        {
            case ContactOutcome.Established { Trust: { } seen }:
                logger.Insecure(address.ToString(), Seen(seen));
                return null;
            case ContactOutcome.Unreachable unreachable:
                return new FailedLook(unreachable.Words, IsRefusal: false);
            case ContactOutcome.Refused refused:
                return new FailedLook(Plain.Line(refused.Words), IsRefusal: true);
            default:
                return new FailedLook("no answer", IsRefusal: false);
        }
    }

    // The authority that could be acknowledged: the one that issued the server's certificate, if any in the bundle did.
    private static CertificateFingerprint Seen(EstablishedTrust seen) =>
        CertificateFingerprint.Of(seen.LaterVerdict.Anchor?.Certificate ?? seen.Bundle.Certificates[0]);
}
