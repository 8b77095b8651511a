using System.Text.Json;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Tests.Shared.Fleet;

namespace Uptrakit.EndToEnd.Fleet;

/// <summary>The issuing CA is replaced and the root is handed over while a fleet is at work, and one of it is switched off.</summary>
[Collection(nameof(SharedCluster))] // alone: not one of twenty connections may break
public sealed class CaRotationTests : FleetTest
{
    private const int Fleet = 20;
    private readonly List<ServiceProcess> fleet = [];
    private ControllerProcess hub = null!;
    private string former = null!;

    [Fact]
    public async Task IssuingCaAndRoot_ReplacedUnderAConnectedFleet_CostNoCallAndNoEnrollment()
    {
        hub = NewController();
        await SharedController.StartAsync(hub, Cancel);
        former = await hub.FingerprintAsync(Cancel);
        ServiceProcess off = await FoundAsync();
        Dictionary<ServiceProcess, string> ids = fleet.Append(off).ToDictionary(static one => one, IdOf);

        // The issuing CA.
        await RotateAsync("prepare");
        await RotateAsync("activate");
        await AllSayAsync("Renewed the certificate", times: 1);
        JsonElement half = await CertificatesAsync();
        Assert.Equal((Fleet, Fleet + 1), CoverageOf(half));
        Assert.Equal([ids[off]], half.GetProperty("rotation").GetProperty("missing").EnumerateArray().Select(static id => id.GetString()!));
        Assert.Contains("1 Services still have", await RefusesAsync("--step", "retire"), StringComparison.Ordinal);

        // The root, in the same absence of that one.
        await RotateAsync("prepare", "--root");
        await RotateAsync("distribute", "--root");
        string next = (await CertificatesAsync()).GetProperty("rotation").GetProperty("new_fingerprint").GetString()!;
        await Until.TrueAsync("all that are there know the new root", async _ => CoverageOf(await CertificatesAsync()) == (Fleet, Fleet + 1),
            TimeSpan.FromSeconds(60), Cancel);
        Assert.All(fleet, one => Assert.Equal(new[] { former, next }.Order(), BundleOf(one).Order()));
        await RotateAsync("activate", "--root");
        await AllSayAsync("Renewed the certificate", times: 2);
        Assert.Equal(next, await hub.FingerprintAsync(Cancel));
        Assert.Contains("1 of 21 Services do not trust the new root", await RefusesAsync("--root", "--step", "retire"), StringComparison.Ordinal);

        // The one that slept through both: its unit file has the pin of the former root, and so has its disk.
        off.Launch(null, PinnedToFormer());
        await off.ConnectedAsync(Cancel);
        await off.SaysAsync("Renewed the certificate", Cancel);
        fleet.Add(off);
        await Until.TrueAsync("that one knows the new root too", async _ => CoverageOf(await CertificatesAsync()) == (Fleet + 1, Fleet + 1),
            TimeSpan.FromSeconds(60), Cancel);
        await RotateAsync("retire", "--root");
        await Until.TrueAsync("all have let the former root go", () => fleet.All(one => BundleOf(one) is [var only] && only == next),
            TimeSpan.FromSeconds(60), Cancel);
        await hub.ConnectedAsync(Fleet + 1, Cancel);

        Assert.All(fleet, static one => Assert.DoesNotContain(SinceItConnected(one), IsComplaint));
        Assert.Equal(ids, fleet.ToDictionary(static one => one, IdOf));
        Assert.Equal(Fleet + 1, (await hub.ServicesAsync(Cancel)).Count);
        await OldPinStartsOnlyWhoKnewAsync(next);
    }

    [Fact]
    public async Task HandOver_Abandoned_LeavesTheFormerRoot()
    {
        hub = NewController();
        await SharedController.StartAsync(hub, Cancel);
        former = await hub.FingerprintAsync(Cancel);
        await RotateAsync("prepare", "--root");
        await RotateAsync("distribute", "--root");
        await RotateAsync("abandon", "--root");

        Assert.Equal(former, await hub.FingerprintAsync(Cancel));
        await JoinAsync(await hub.TokenAsync(Cancel, pin: false));
    }

    /// <summary>Twenty that are connected, and one more that has been and is off.</summary>
    private async Task<ServiceProcess> FoundAsync()
    {
        string token = await hub.TokenAsync(Cancel, pin: false, uses: Fleet + 1);
        ServiceProcess off = await JoinAsync(token);
        await off.StopAsync(Cancel);
        for (int i = 0; i < Fleet; i++)
        {
            ServiceProcess agent = NewService();
            agent.Launch(token, Joins());
            fleet.Add(agent);
        }

        foreach (ServiceProcess agent in fleet)
            await agent.ConnectedAsync(Cancel);
        return off;
    }

    private async Task OldPinStartsOnlyWhoKnewAsync(string next)
    {
        // The pin of a root that is no more, in the unit file: the hand-over that was stored vouches for it.
        ServiceProcess known = fleet[0];
        await known.StopAsync(Cancel);
        known.Launch(null, PinnedToFormer());
        await known.ConnectedAsync(Cancel);

        // For one that comes new it is a pin like any other that does not fit.
        string token = await hub.TokenAsync(Cancel, pin: false);
        ServiceProcess late = NewService();
        (await late.RunAsync(token, Cancel, Joins())).Expect(3);
        late.Launch(token, [.. Joins()[..^1], $"--tofu-fingerprint={next}"]);
        await late.ConnectedAsync(Cancel);
    }

    private string[] Joins() => ["--url", hub.Url, "--enrollment-token-file", "-", $"--tofu-fingerprint={former}"];

    private string[] PinnedToFormer() => [$"--tofu-fingerprint={former}"];

    private async Task<ServiceProcess> JoinAsync(string token)
    {
        ServiceProcess agent = NewService();
        agent.Launch(token, Joins());
        await agent.ConnectedAsync(Cancel);
        return agent;
    }

    private async Task AllSayAsync(string words, int times)
    {
        foreach (ServiceProcess agent in fleet)
            await agent.SaysAsync(words, Cancel, times);
    }

    private async Task RotateAsync(string step, params string[] more) =>
        (await hub.AdminAsync(Cancel, ["ca", "rotate", "--step", step, .. more])).Expect(0);

    private async Task<string> RefusesAsync(params string[] options) =>
        (await hub.AdminAsync(Cancel, ["ca", "rotate", .. options])).Expect(1).Errors;

    private Task<JsonElement> CertificatesAsync() => hub.CertificatesAsync(Cancel);

    private static (int Trusting, int Total) CoverageOf(JsonElement certificates)
    {
        JsonElement rotation = certificates.GetProperty("rotation");
        return (rotation.GetProperty("trusting").GetInt32(), rotation.GetProperty("total").GetInt32());
    }

    // Until then a Controller on a busy machine may have been slow to answer twenty at once: that is not the rotation's doing.
    private static IEnumerable<string> SinceItConnected(ServiceProcess service) =>
        service.Log.SkipWhile(static line => !line.Contains("Connected to Controller", StringComparison.Ordinal));

    private static bool IsComplaint(string line) =>
        line.Contains(" warn: ", StringComparison.Ordinal) || line.Contains(" fail: ", StringComparison.Ordinal)
        || line.Contains("The connection to", StringComparison.Ordinal) || line.Contains("is not reached", StringComparison.Ordinal);
}
