using System.Diagnostics;
using Uptrakit.Contracts.Client;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.Bench.Fleet;

/// <summary>What enrollments cost: each is a connection, a proof, a certificate and a transaction on the disk.</summary>
internal static class Enrolling
{
    /// <summary>As many at once as keep two cores and the disk busy.</summary>
    private const int AtOnce = 16;

    public static async Task<IReadOnlyList<Recruit>> RunAsync(Hub hub, Report report, int warm, int measured)
    {
        IReadOnlyList<Recruit> first = await EnrollAsync(hub, 0, warm);
        IReadOnlyList<Recruit> recruits = await PrepareAsync(hub, warm, measured);
        Usage before = hub.Process.Usage();
        using Process own = Process.GetCurrentProcess();
        TimeSpan ownBefore = own.TotalProcessorTime;
        Stopwatch clock = Stopwatch.StartNew();
        await EnrollAllAsync(hub, recruits);
        double seconds = clock.Elapsed.TotalSeconds;
        own.Refresh();
        double server = (hub.Process.Usage().Cpu - before.Cpu) / measured * 1000;
        double client = (own.TotalProcessorTime - ownBefore).TotalMilliseconds / measured;
        double each = measured / seconds;
        report.Add(new($"enrollments with issue per second, SQLite, {measured} hosts", "≥ 100", $"{each:0}", "", "", each >= 100));
        report.Add(new("CPU of the Controller per enrollment, connection included", "", $"{server:0.0} ms", $"the hosts' side {client:0.0} ms", "", null));
        return [.. first, .. recruits];
    }

    /// <summary>Enrolls so many without measuring.</summary>
    public static async Task<IReadOnlyList<Recruit>> EnrollAsync(Hub hub, int from, int count)
    {
        IReadOnlyList<Recruit> recruits = await PrepareAsync(hub, from, count);
        await EnrollAllAsync(hub, recruits);
        return recruits;
    }

    private static async Task<IReadOnlyList<Recruit>> PrepareAsync(Hub hub, int from, int count)
    {
        EstablishedTrust trust = await hub.TrustAsync();
        List<Recruit> recruits = [];
        foreach (int[] numbers in Enumerable.Range(from, count).Chunk(Hub.UsesOfOneToken))
        {
            ServiceToken token = await hub.TokenAsync();
            recruits.AddRange(numbers.AsParallel().AsOrdered().Select(number => Recruit.Prepare(number, token, trust.ServerKey)));
        }

        return recruits;
    }

    private static async Task EnrollAllAsync(Hub hub, IReadOnlyList<Recruit> recruits)
    {
        ServerPolicy policy = ServerPolicy.Anchored(TrustAnchors.None.WithBundle((await hub.TrustAsync()).Bundle));
        await Parallel.ForEachAsync(recruits, new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (recruit, _) => await recruit.EnrollAsync(hub.Address, policy));
    }
}
