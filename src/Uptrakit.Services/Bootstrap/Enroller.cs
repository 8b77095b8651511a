using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Uptrakit.CommandLine;
using Uptrakit.Contracts.Client;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Services.Identity;
using Uptrakit.Services.Options;
using Uptrakit.Services.Session;

namespace Uptrakit.Services.Bootstrap;

/// <summary>A Service with an identity: what is stored, and the key that is in force.</summary>
internal sealed record EnrolledService(ServiceState State, ServiceKey Key);

/// <summary>Enrolls: asks with one key until there is an answer. That key is on disk before anybody hears of it.</summary>
internal sealed class Enroller(
    ServiceOptions options, StateFolder folder, EnrollCall call, Contact contact, Backoff backoff, TimeProvider clock, ILogger logger)
{
    // That the server's key has just changed is possible once or twice, not for ever.
    private const int MostProofRetries = 3;
    private static readonly TimeSpan LeastWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MostWait = TimeSpan.FromMinutes(5);

    private int proofRetries;
    private bool hasFreshKey;
    private string? announced;

    public async Task<StartResult<EnrolledService>> RunAsync(StartedTrust started, CancellationToken cancel)
    {
        ServiceKey key = folder.NextKey();
        IReadOnlyList<ControllerAddress> addresses = AddressesOf(started);
        backoff.Reset();
        for (int turn = 0; ; turn = (turn + 1) % addresses.Count)
        {
            ControllerAddress address = addresses[turn];
            switch (await AskAsync(address, started.Trust, key, cancel))
            {
                case EnrollAnswer.Granted granted:
                    return Take(granted.Enrolled, address, started, key);
                case EnrollAnswer.Waiting waiting:
                    turn--;
                    await WaitAsync(waiting.Pending, key, cancel);
                    break;
                // The proof names the server's key, which may just have changed.
                case EnrollAnswer.Refused { Fault: EnrollFault.Proof } when proofRetries++ < MostProofRetries:
                    turn--;
                    await Task.Delay(backoff.Next(), clock, cancel);
                    break;
                // The key is one that an earlier try has left, and it is spent. Whoever enrolls anew means a key that is not.
                case EnrollAnswer.Refused { Fault: EnrollFault.Rejected } when options.ForceEnroll && !hasFreshKey:
                    turn--;
                    hasFreshKey = true;
                    folder.DropNextKey();
                    key = folder.NextKey();
                    break;
                case EnrollAnswer.Refused refused:
                    return Refuse(refused.Words);
                case EnrollAnswer.NotTrusted stranger:
                    logger.TrustRefused(address.ToString(), stranger.Words);
                    return ExitCode.TrustRefused;
                case EnrollAnswer.Unreachable unreachable:
                    TimeSpan wait = backoff.Next();
                    logger.Unreachable($"{address}: {unreachable.Words}", wait.TotalSeconds);
                    await Task.Delay(wait, clock, cancel);
                    break;
            }
        }
    }

    private IReadOnlyList<ControllerAddress> AddressesOf(StartedTrust started) =>
        // The one that was met, unless another is asked for: the stored bundle is what it is judged by either way.
        options.Url is null && started.State.Addresses.Count > 0 && started.Trust.Stored is not null ? started.State.Addresses
        : options.Addresses.Count > 0 ? options.Addresses
        : started.State.Addresses;

    private async Task<EnrollAnswer> AskAsync(ControllerAddress address, ControllerTrust trust, ServiceKey key, CancellationToken cancel)
    {
        if (trust.IsStateless
            && await contact.LookAsync(address, new ContactRequest { Trust = trust.How }, cancel) is { } failed)
            return failed.IsRefusal ? new EnrollAnswer.NotTrusted(failed.Words) : new EnrollAnswer.Unreachable(failed.Words);
        return await call.SendAsync(address, trust.Policy, key, cancel);
    }

    private async Task WaitAsync(Pending pending, ServiceKey key, CancellationToken cancel)
    {
        // Our own hash, not the Controller's copy of it: this is the one that the comparison is about.
        string fingerprint = key.Fingerprint.ToString();
        if (announced != fingerprint)
            logger.WaitingForApproval(fingerprint);
        announced = fingerprint;
        backoff.Reset();
        TimeSpan wait = TimeSpan.FromSeconds(Math.Min(pending.RetryAfterSeconds, MostWait.TotalSeconds));
        wait = wait < LeastWait ? LeastWait : wait;
        await Task.Delay(wait + backoff.PartOf(wait / 4), clock, cancel);
    }

    private StartResult<EnrolledService> Take(Enrolled enrolled, ControllerAddress address, StartedTrust started, ServiceKey key)
    {
        if (!Guid.TryParseExact(enrolled.ServiceId, "D", out Guid service) || !Guid.TryParseExact(enrolled.ControllerId, "D", out Guid controller))
            return Refuse("its answer names neither the Controller nor this Service");
        if (options.Token is { } token && token.ControllerId != controller)
            return Refuse($"the enrollment token is one of Controller {token.ControllerId}, and this is {controller}");
        if (!CertificateLists.TryChain(enrolled.Chain.Select(der => der.ToByteArray()), out IReadOnlyList<X509Certificate2>? chain, out string? fault))
            return Refuse($"the certificate that it issued {fault}");
        if (IssuedCertificate.FaultOf(chain[0], key, controller, service, clock.GetUtcNow()) is { } wrong)
            return Refuse($"the certificate that it issued {wrong}");

        StoredIdentity identity = new(service, chain, [.. enrolled.Capabilities.Take(32)]);
        ServiceState state = new(controller, [address], started.Trust.Stored, identity);
        folder.Promote(state);
        logger.Enrolled(controller, service, chain[0].NotAfter);
        return new EnrolledService(state, key);
    }

    private ExitCode Refuse(string words)
    {
        logger.EnrollmentRefused(words);
        return ExitCode.TrustRefused;
    }
}
