using System.Collections.Concurrent;
using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Controller.Storage;
using Uptrakit.Controller.Storage.Rows;

namespace Uptrakit.Controller.Inventory;

/// <summary>
/// Collects what Services report and writes it a few times a second, many in one transaction: thousands that come back at once
/// are not thousands of writes. What is not written yet when the machine loses power is said again at the next connection.
/// </summary>
internal sealed class ReportBook(HubStore store, TimeProvider clock, ILogger<ReportBook> logger) : BackgroundService
{
    private const int Chunk = 200;
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan HeardEvery = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<Guid, Report> reports = new();
    private readonly ConcurrentDictionary<Guid, bool> heard = new();
    private long heardWritten = clock.GetTimestamp();

    /// <summary>It was heard just now. Written twice a minute: who looks does not count seconds.</summary>
    public void Heard(Guid service) => heard[service] = true;

    public void Said(Guid service, Hello hello) => Note(service, report =>
    {
        report.Hello = hello;
        report.Facts = hello.Facts ?? report.Facts;
        report.Trust = hello.Trust ?? report.Trust;
    });

    public void Said(Guid service, HostFacts facts) => Note(service, report => report.Facts = facts);

    public void Said(Guid service, TrustReport trust) => Note(service, report => report.Trust = trust);

    /// <summary>Writes what has been collected.</summary>
    public async Task FlushAsync(CancellationToken cancel)
    {
        foreach (Guid[] ids in reports.Keys.Chunk(Chunk))
        {
            List<Report> taken = [.. ids.Select(Take).OfType<Report>()];
            try
            {
                await store.WriteAsync(hub => WriteAsync(hub, taken, cancel), cancel);
            }
            catch
            {
                foreach (Report report in taken)
                    PutBack(report);
                throw;
            }
        }

        if (clock.GetElapsedTime(heardWritten) >= HeardEvery)
            await FlushHeardAsync(cancel);
    }

    /// <summary>Writes when Services were last heard.</summary>
    public async Task FlushHeardAsync(CancellationToken cancel)
    {
        heardWritten = clock.GetTimestamp();
        foreach (Guid[] ids in heard.Keys.Chunk(Chunk))
        {
            DateTimeOffset? now = clock.GetUtcNow();
            await store.WriteAsync(hub => hub.Services.Where(row => ids.Contains(row.Id))
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.LastSeenAt, now), cancel), cancel);
            foreach (Guid id in ids)
                heard.TryRemove(id, out _);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        heardWritten = long.MinValue / 2;
        await TryFlushAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using PeriodicTimer timer = new(Every, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await TryFlushAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task TryFlushAsync(CancellationToken cancel)
    {
        try
        {
            await FlushAsync(cancel);
        }
        catch (Exception broken) when (broken is DbException or DbUpdateException)
        {
            logger.ReportsNotWritten(broken.GetBaseException().Message); // they are kept, and tried again
        }
    }

    private static async Task<int> WriteAsync(HubContext hub, List<Report> taken, CancellationToken cancel)
    {
        List<Guid> ids = [.. taken.Select(report => report.Service)];
        Dictionary<Guid, ServiceRow> rows = await hub.Services.Where(row => ids.Contains(row.Id)).ToDictionaryAsync(row => row.Id, cancel);
        foreach (Report report in taken)
        {
            if (rows.TryGetValue(report.Service, out ServiceRow? row))
                report.WriteTo(row);
        }

        return taken.Count;
    }

    private void Note(Guid service, Action<Report> change)
    {
        while (true)
        {
            Report report = reports.GetOrAdd(service, static id => new Report(id));
            lock (report)
            {
                if (report.Taken)
                    continue; // it is being written; begin another
                report.At = clock.GetUtcNow();
                change(report);
                return;
            }
        }
    }

    private Report? Take(Guid service)
    {
        if (!reports.TryRemove(service, out Report? report))
            return null;
        lock (report)
            report.Taken = true;
        return report;
    }

    private void PutBack(Report report)
    {
        Report waiting = reports.GetOrAdd(report.Service, static id => new Report(id));
        lock (waiting)
            waiting.MergeOlder(report);
    }

    private sealed class Report(Guid service)
    {
        public Guid Service => service;

        public bool Taken { get; set; }

        public DateTimeOffset At { get; set; }

        public Hello? Hello { get; set; }

        public HostFacts? Facts { get; set; }

        public TrustReport? Trust { get; set; }

        public void MergeOlder(Report older)
        {
            At = At > older.At ? At : older.At;
            Hello ??= older.Hello;
            Facts ??= older.Facts;
            Trust ??= older.Trust;
        }

        public void WriteTo(ServiceRow row)
        {
            row.LastSeenAt = At;
            if (Hello is { } hello)
            {
                row.Version = ReportedFacts.Version(hello.Version);
                if (ReportedFacts.Name(hello.FriendlyName) is { Length: > 0 } name)
                    row.FriendlyName = name;
            }

            if (Facts is { } facts)
                row.Facts = ReportedFacts.Facts(facts);
            if (Trust is { } trust)
                row.Take(trust);
        }
    }
}
