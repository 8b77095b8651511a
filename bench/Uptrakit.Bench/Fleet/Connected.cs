namespace Uptrakit.Bench.Fleet;

/// <summary>What Services cost that are connected and have nothing to say.</summary>
internal static class Connected
{
    private const double Kilobyte = 1e3;
    private const double MostOfOne = 100 * Kilobyte;
    private const double MostOfAll = 2e9;

    /// <summary>So many are connected before: the code that serves them is compiled once, whether they are ten or ten thousand.</summary>
    public const int Before = 100;

    /// <summary>At a Controller that has just started: what their coming left behind counts as theirs.</summary>
    public static async Task<Crowd> RunAsync(Hub hub, Places places, Report report, IReadOnlyList<Recruit> recruits)
    {
        hub.Process.Stop();
        await hub.StartAsync();
        Memory empty = await Memory.AtRestAsync(hub.Process.Id);
        Crowd crowd = new();
        await crowd.AddAsync(hub, places, [.. recruits.Take(Before)]);
        Memory floor = await Memory.AtRestAsync(hub.Process.Id);
        await crowd.AddAsync(hub, places, [.. recruits.Skip(Before)]);
        Memory full = await Memory.AtRestAsync(hub.Process.Id);
        Usage before = hub.Process.Usage();
        TimeSpan idle = TimeSpan.FromSeconds(30);
        await Task.Delay(idle);
        double share = (hub.Process.Usage().Cpu - before.Cpu) / idle.TotalSeconds * 100;

        int count = recruits.Count - Before;
        double resident = (full.Resident - floor.Resident) / count;
        double proportional = (full.Proportional - floor.Proportional) / count;
        report.Add(new($"{count} Services connected and idle: Controller's memory for each", "≤ 100 KB",
            $"{resident / Kilobyte:0} KB", $"PSS {proportional / Kilobyte:0} KB", "", resident <= MostOfOne));
        report.Add(new("the same, resident in all", "", $"{full.Megabytes:0} MB", $"with {Before} of them {floor.Megabytes:0} MB, freshly started {empty.Megabytes:0} MB", "", null));
        report.Add(new($"share of a core for {recruits.Count} idle Services, over 30 s", "", $"{share:0.0} %", "", "", null));
        return crowd;
    }

    /// <summary>As many as one process may have connections for, and the machine memory.</summary>
    public static async Task CrowdAsync(Places places, Report report, int count)
    {
        using Hub hub = new(places, "c", "--san", "127.0.0.1");
        await hub.StartAsync();
        IReadOnlyList<Recruit> recruits = await Enrolling.EnrollAsync(hub, 0, count);
        hub.Process.Stop();
        await hub.StartAsync();
        await using Crowd crowd = new();
        await crowd.AddAsync(hub, places, [.. recruits.Take(Before)]);
        Memory floor = await Memory.AtRestAsync(hub.Process.Id);
        await crowd.AddAsync(hub, places, [.. recruits.Skip(Before)]);
        Memory full = await Memory.AtRestAsync(hub.Process.Id);
        // The players' own garbage is not what Services need.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Memory own = Memory.Of(Environment.ProcessId);
        double together = full.Proportional + own.Proportional;
        double each = (full.Resident - floor.Resident) / (count - Before);
        report.Add(new($"{count} simulated Services: memory of the Controller and of all of them", "≤ 2 GB",
            $"{together / 1e9:0.00} GB", $"the Controller {full.Resident / 1e9:0.00} GB", "", together <= MostOfAll && crowd.Connected == count));
        report.Add(new($"{count} Services connected and idle: Controller's memory for each", "≤ 100 KB", $"{each / Kilobyte:0} KB",
            $"connected {crowd.Connected}", "", each <= MostOfOne));
    }
}
