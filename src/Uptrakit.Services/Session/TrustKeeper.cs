using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Uptrakit.Contracts.Client;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Services.Bootstrap;
using Uptrakit.Services.Identity;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Services.Session;

/// <summary>Takes the bundles that the Controller sends, and never one that would lock this Service out.</summary>
internal sealed class TrustKeeper(StateFolder folder, Standing standing, TimeProvider clock, ILogger logger) : IDisposable
{
    private const int MostEvidence = 2 * CertificateBundle.MaximumCertificates;
    private static readonly TimeSpan TryTime = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim one = new(1, 1);

    /// <summary>Whether something new was stored: then the Controller is to be told.</summary>
    public async Task<bool> TakeAsync(GatewayLink link, Bundle bundle, CancellationToken cancel)
    {
        if (standing.Now.Trust.Stored is null)
        {
            logger.BundleIgnored();
            return false;
        }

        await one.WaitAsync(cancel);
        try
        {
            return await TakeOneAsync(link.Address, bundle, cancel);
        }
        finally
        {
            one.Release();
        }
    }

    public void Dispose() => one.Dispose();

    private async Task<bool> TakeOneAsync(ControllerAddress address, Bundle sent, CancellationToken cancel)
    {
        Stand now = standing.Now;
        StoredTrust before = now.Trust.Stored!;
        if (!CertificateLists.TryAnchors(sent.Anchors.Select(der => der.ToByteArray()), out CertificateBundle? anchors, out string? fault)
            || !CertificateLists.TryEvidence(sent.HandOver.Select(der => der.ToByteArray()), out IReadOnlyList<X509Certificate2>? evidence, out fault))
        {
            logger.BundleRefused(fault);
            return false;
        }

        StoredTrust after = before with { Bundle = anchors, HandOver = Joined(evidence, before.HandOver) };
        if (Same(before, after))
            return false;
        ControllerTrust trust = now.Trust with { Stored = after };
        if (await FaultOfAsync(address, trust, cancel) is { } unfit)
        {
            logger.BundleRefused(unfit);
            return false;
        }

        return Store(trust, before);
    }

    /// <summary>Takes what was proved otherwise; false when that is nothing new, so that nobody tries again for it at once.</summary>
    public bool Take(StoredTrust proved)
    {
        ControllerTrust trust = standing.Now.Trust;
        return trust.Stored is { } before && !Same(before, proved) && Store(trust with { Stored = proved }, before);
    }

    private bool Store(ControllerTrust trust, StoredTrust before)
    {
        CertificateBundle bundle = trust.Stored!.Bundle;
        // Who was let in by an anchor that is no more must be judged again.
        bool lost = before.Bundle.Certificates.Any(anchor => bundle.Find(CertificateFingerprint.Of(anchor)) is null);
        try
        {
            lock (standing.Writing)
            {
                ServiceState state = standing.Now.State with { Trust = trust.Stored };
                folder.Save(state);
                standing.Trust(state, trust, reconnect: lost);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            logger.NotStored(folder.Root, fault.Message);
            return false;
        }

        logger.BundleStored(string.Join(", ", bundle.Certificates.Select(CertificateFingerprint.Of)));
        return true;
    }

    private async Task<string?> FaultOfAsync(ControllerAddress address, ControllerTrust trust, CancellationToken cancel)
    {
        // The pin is in the unit file: with a bundle that does not answer to it, the next start would fail.
        if (PinCheck.Of(trust.How, trust.Stored!) is not null)
            return "neither holds the pinned CA nor was vouched for by it";

        using ControllerChannel trial = new(address, trust.Policy, clock);
        using CancellationTokenSource time = new(TryTime, clock);
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancel);
        try
        {
            await trial.OpenAsync(address.Base, linked.Token);
            return null;
        }
        catch (HttpRequestException fault)
        {
            return $"would lock this Service out ({trial.RefusalBy(fault) ?? LinkWords.Of(fault)})";
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return "could not be tried out: the Controller did not answer in time";
        }
    }

    // A pin of long ago stays explained when the Controller no longer sends the old evidence.
    internal static List<X509Certificate2> Joined(IEnumerable<X509Certificate2> sent, IEnumerable<X509Certificate2> stored) =>
        [.. sent.Concat(stored).DistinctBy(CertificateFingerprint.Of).Take(MostEvidence)];

    private static bool Same(StoredTrust one, StoredTrust other) =>
        Prints(one.Bundle.Certificates).SetEquals(Prints(other.Bundle.Certificates))
        && Prints(one.HandOver).SetEquals(Prints(other.HandOver));

    private static HashSet<CertificateFingerprint> Prints(IEnumerable<X509Certificate2> certificates) =>
        [.. certificates.Select(CertificateFingerprint.Of)];
}
