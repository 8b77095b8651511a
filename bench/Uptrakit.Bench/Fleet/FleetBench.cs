namespace Uptrakit.Bench.Fleet;

/// <summary>The targets of the fleet plane: a Controller and what is connected to it.</summary>
internal static class FleetBench
{
    public static readonly string[] Parts = ["services", "crowd", "handshake", "agent"];

    private const int Services = 1000;
    private const int CrowdSize = 10_000;

    /// <summary>Of those that enroll, so many find the Controller with its code not compiled yet; they are not counted.</summary>
    private const int Warm = 1000;

    public static async Task RunAsync(string? part, Places places, Report report)
    {
        if (part is null or "handshake")
            await Handshakes.RunAsync(places, report, rounds: 4, each: 1500);
        if (part is null or "agent")
            await Agents.RunAsync(places, report, starts: 20);
        if (part is null or "services")
            await ServicesAsync(places, report);
        if (part is null or "crowd")
            await Connected.CrowdAsync(places, report, CrowdSize);
    }

    private static async Task ServicesAsync(Places places, Report report)
    {
        using Hub hub = new(places, "f", "--san", "127.0.0.1");
        await hub.StartAsync();
        IReadOnlyList<Recruit> recruits = await Enrolling.RunAsync(hub, report, Warm, Services);
        await using Crowd crowd = await Connected.RunAsync(hub, places, report, [.. recruits.Skip(Warm - Connected.Before)]);
        await Returning.RunAsync(hub, crowd, report, rounds: 3);
    }
}
