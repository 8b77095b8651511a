using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Services.Bootstrap;
using Uptrakit.Services.Identity;

namespace Uptrakit.Services.Session;

/// <summary>Renews the certificate with a fresh key when two thirds of its life are over, or when the Controller asks.</summary>
internal sealed class Renewer(
    StateFolder folder, Standing standing, Func<GatewayLink?> connected, Func<double> random, TimeProvider clock, ILogger logger)
    : IDisposable
{
    // A part of the life, so that Services enrolled together do not renew together.
    private const double Spread = 0.05;
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MostRetry = TimeSpan.FromHours(1);

    // Timers stand still while a laptop sleeps; the date does not.
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(30);

    private readonly SemaphoreSlim asked = new(0, 1);
    private TimeSpan retry = FirstRetry;

    /// <summary>The Controller wants a renewal now.</summary>
    public void Ask()
    {
        try
        {
            asked.Release();
            logger.RenewalAsked();
        }
        catch (SemaphoreFullException)
        {
            // Asked for already.
        }
    }

    public void Dispose() => asked.Dispose();

    public async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            X509Certificate2 leaf = standing.Now.Service.Leaf;
            await UntilDueAsync(DueAt(leaf), cancel);
            while (await RenewAsync(cancel) is { } words)
            {
                TimeSpan wait = retry * (0.5 + (random() / 2));
                retry = retry * 2 > MostRetry ? MostRetry : retry * 2;
                logger.RenewalFailed(words, wait.TotalSeconds, leaf.NotAfter);
                await Task.Delay(wait, clock, cancel);
            }

            retry = FirstRetry;
        }
    }

    internal DateTimeOffset DueAt(X509Certificate2 leaf)
    {
        TimeSpan life = leaf.NotAfter - leaf.NotBefore;
        return (DateTimeOffset)leaf.NotBefore + (life * ((2.0 / 3) + (Spread * random())));
    }

    private async Task UntilDueAsync(DateTimeOffset due, CancellationToken cancel)
    {
        while (due - clock.GetUtcNow() is { } left && left > TimeSpan.Zero)
        {
            using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            Task ask = asked.WaitAsync(either.Token);
            Task first = await Task.WhenAny(ask, Task.Delay(left < Look ? left : Look, clock, either.Token));
            if (first == ask && ask.IsCompletedSuccessfully)
                return;
            await either.CancelAsync();
            // A permit that came at the last moment is not lost with the wait.
            await ask.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            if (ask.IsCompletedSuccessfully)
                return;
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Null when it was renewed; else why not.</summary>
    private async Task<string?> RenewAsync(CancellationToken cancel)
    {
        if (connected() is not { } link)
            return "there is no connection to the Controller";
        using CancellationTokenSource time = new(AnswerTime, clock);
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(time.Token, cancel);
        try
        {
            if (Finish())
                return null;
            // On disk first: when the answer is lost, the same key asks again.
            ServiceKey key = folder.NextKey();
            RenewReply reply = await link.Client.RenewAsync(
                new RenewRequest { Csr = ByteString.CopyFrom(key.SigningRequest()) }, cancellationToken: linked.Token);
            return Take(reply, key);
        }
        catch (RpcException fault)
        {
            cancel.ThrowIfCancellationRequested();
            // The Controller has certified this key already, and that answer was lost: it takes a key only once.
            if (fault.StatusCode is StatusCode.InvalidArgument)
                folder.DropNextKey();
            return time.IsCancellationRequested ? "the Controller did not answer in time" : LinkWords.Of(fault);
        }
        catch (ObjectDisposedException)
        {
            return "the connection has just ended";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return fault.Message;
        }
    }

    private string? Take(RenewReply reply, ServiceKey key)
    {
        Guid controller = standing.Now.ControllerId;
        Guid service = standing.Now.Service.ServiceId;
        if (!CertificateLists.TryChain(reply.Chain.Select(der => der.ToByteArray()), out IReadOnlyList<X509Certificate2>? chain, out string? fault))
            return $"the certificate that the Controller issued {fault}";
        if (IssuedCertificate.FaultOf(chain[0], key, controller, service, clock.GetUtcNow()) is { } wrong)
            return $"the certificate that the Controller issued {wrong}";

        lock (standing.Writing)
        {
            Stand now = standing.Now;
            // In insecure-tofu anyone can have answered this, and the one before: then the oldest that is still good stays.
            bool keepsOlder = now.Trust.IsStateless && now.Service.Former is [{ } older, ..]
                && clock.GetUtcNow() < older.NotAfter && folder.HoldsFormerKey(now.Service);
            ServiceState state = now.State with
            {
                Service = now.Service with { Chain = chain, Former = keepsOlder ? now.Service.Former : now.Service.Chain },
            };
            if (!keepsOlder)
                folder.KeepKey(now.Key);
            folder.Promote(state);
            standing.Identity(state, key);
        }

        logger.Renewed(chain[0].NotAfter, key.Fingerprint.ToString());
        return null;
    }

    /// <summary>A renewal that was written but for the last step, when the disk was full, say. Its key is not to be asked with again.</summary>
    private bool Finish()
    {
        lock (standing.Writing)
        {
            if (folder.FinishChange() is not { Key: { } key, State: { } state })
                return false;
            standing.Identity(state, key);
            logger.Renewed(state.Service!.Leaf.NotAfter, key.Fingerprint.ToString());
            return true;
        }
    }
}
