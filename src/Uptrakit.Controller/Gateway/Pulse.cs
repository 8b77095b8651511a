using System.Security.Cryptography;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Inventory;

namespace Uptrakit.Controller.Gateway;

/// <summary>Looks at all connections twice a second: who is to be pinged, asked to renew, or given up.</summary>
internal sealed class Pulse(
    LiveServices live, AuthorityKeys keys, ServiceRegistry registry, TimeProvider clock, ILogger<Pulse> logger) : BackgroundService
{
    public static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan DeadAfter = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ForgetEvery = TimeSpan.FromHours(1);

    /// <summary>How many are asked to renew each second after a rotation: each renewal is a signature and a write.</summary>
    private const int RenewalsPerSecond = 50;

    private CaSnapshot? told;
    private ulong pings;

    /// <summary>A Service that has just connected: when it is pinged first, and whether it is to renew.</summary>
    public void Schedule(ServiceLink link)
    {
        link.NextPing = clock.GetTimestamp() + Jittered(PingEvery);
        if (link.CaId != keys.Current.Issuing.Id)
            link.RenewAt = clock.GetTimestamp() + Jittered(TimeSpan.FromSeconds(live.Count / RenewalsPerSecond));
    }

    /// <summary>One look at all of them.</summary>
    internal void LookAtAll()
    {
        long now = clock.GetTimestamp();
        if (!ReferenceEquals(told, keys.Current))
            TellAll(keys.Current);
        DateTimeOffset time = clock.GetUtcNow();
        foreach (ServiceLink link in live.All)
            Look(link, now, time);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        told = keys.Current;
        using PeriodicTimer timer = new(Tick, clock);
        long forgotten = clock.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                LookAtAll();
                if (clock.GetElapsedTime(forgotten) < ForgetEvery)
                    continue;
                forgotten = clock.GetTimestamp();
                await ForgetAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private void Look(ServiceLink link, long now, DateTimeOffset time)
    {
        if (link.EndBy != 0)
        {
            if (now >= link.EndBy)
                link.Break(link.EndReason);
            return;
        }

        if (clock.GetElapsedTime(link.LastHeard, now) > DeadAfter)
        {
            link.Break("it has not been heard for 90 seconds");
            return;
        }

        if (time > link.CertificateEnds)
        {
            live.Ended(link, GoodbyeReason.Restart, "the certificate of this connection has expired");
            return;
        }

        if (link.RenewAt != 0 && now >= link.RenewAt)
        {
            link.RenewAt = 0;
            if (link.CaId != keys.Current.Issuing.Id)
                link.Send(new ControllerMessage { RenewNow = new RenewNow() });
        }

        if (now < link.NextPing)
            return;
        link.NextPing = now + Ticks(PingEvery);
        link.Send(new ControllerMessage { Ping = new Ping { Id = ++pings } });
    }

    /// <summary>The CAs have changed: everybody gets the bundle, and those whose CA is about to retire renew, a few at a time.</summary>
    private void TellAll(CaSnapshot authority)
    {
        told = authority;
        ControllerMessage message = new() { Bundle = Bundles.Of(authority) };
        int count = 0;
        int renewals = 0;
        foreach (ServiceLink link in live.All)
        {
            if (!authority.Accepted.Any(ca => ca.Id == link.CaId))
            {
                live.Ended(link, GoodbyeReason.Revoked, "the CA of its certificate was retired");
                continue;
            }

            link.Send(message);
            count++;
            if (link.CaId != authority.Issuing.Id)
                link.RenewAt = clock.GetTimestamp() + Ticks(TimeSpan.FromSeconds((double)++renewals / RenewalsPerSecond));
        }

        logger.BundlePushed(count, renewals);
    }

    private async Task ForgetAsync(CancellationToken cancel)
    {
        try
        {
            if (await registry.ForgetStaleAsync(cancel) is > 0 and int count)
                logger.StaleForgotten(count);
        }
        catch (System.Data.Common.DbException)
        {
            // In an hour again.
        }
    }

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * clock.TimestampFrequency);

    private long Jittered(TimeSpan most) => Ticks(most) * RandomNumberGenerator.GetInt32(1, 1001) / 1000;
}
