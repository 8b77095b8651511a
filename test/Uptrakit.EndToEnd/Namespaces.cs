using System.Diagnostics;
using System.Security.Cryptography;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.EndToEnd;

/// <summary>Network namespaces on one bridge, and links between two of them that can be cut without a word to either end.</summary>
internal sealed class Namespaces : IAsyncDisposable
{
    private readonly string tag = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(3));
    private readonly int net = RandomNumberGenerator.GetInt32(1, 250);
    private readonly int count;

    private Namespaces(int count) => this.count = count;

    /// <summary>Our own address on the bridge.</summary>
    public string Here => $"10.213.{net}.254";

    private string Bridge => $"qub{tag}";

    /// <summary>The end on our side.</summary>
    private string Outer(int i) => $"quv{tag}{i}";

    public string Name(int i) => $"qu{tag}-{i}";

    public string Address(int i) => $"10.213.{net}.{i + 1}";

    /// <summary>Null, with the reason, where they cannot be made.</summary>
    public static async Task<(Namespaces? Made, string Reason)> MakeAsync(int count, CancellationToken cancel)
    {
        Namespaces made = new(count);
        try
        {
            await made.BuildAsync(cancel);
            return (made, "");
        }
        catch (Exception fault) when (fault is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            await made.DisposeAsync();
            return (null, $"network namespaces cannot be made here: {fault.Message}");
        }
    }

    /// <summary>Runs the test on a cluster whose nodes each have a namespace; skips it, with the reason, where there are none.</summary>
    public static async Task WithClusterAsync(int nodes, Func<Namespaces, TestCluster, Task> test, CancellationToken cancel)
    {
        (Namespaces? network, string reason) = await MakeAsync(nodes, cancel);
        Assert.SkipWhen(network is null, reason);
        await using Namespaces _ = network!;
        await using TestCluster cluster = await TestCluster.FoundOnAsync(
            c => [.. Enumerable.Range(0, nodes).Select(i => c.NewNode(network!.Address(i), network.Name(i)))], cancel);
        try
        {
            await test(network!, cluster);
        }
        finally
        {
            Failure.Show(cluster);
        }
    }

    /// <summary>Packets between the two go to a hardware address that nobody has.</summary>
    public async Task CutAsync(int a, int b, CancellationToken cancel)
    {
        await IpAsync(cancel, "-n", Name(a), "neigh", "replace", Address(b), "lladdr", "02:00:00:00:00:99", "dev", "eth0", "nud", "permanent");
        await IpAsync(cancel, "-n", Name(b), "neigh", "replace", Address(a), "lladdr", "02:00:00:00:00:99", "dev", "eth0", "nud", "permanent");
    }

    /// <summary>The namespace no longer reaches our own address; the other namespaces it still does.</summary>
    public Task CutFromHereAsync(int i, CancellationToken cancel) =>
        IpAsync(cancel, "-n", Name(i), "neigh", "replace", Here, "lladdr", "02:00:00:00:00:99", "dev", "eth0", "nud", "permanent");

    public Task HealFromHereAsync(int i, CancellationToken cancel) => IpAsync(cancel, "-n", Name(i), "neigh", "del", Here, "dev", "eth0");

    public async Task HealAsync(int a, int b, CancellationToken cancel)
    {
        await IpAsync(cancel, "-n", Name(a), "neigh", "del", Address(b), "dev", "eth0");
        await IpAsync(cancel, "-n", Name(b), "neigh", "del", Address(a), "dev", "eth0");
    }

    /// <summary>Takes the two off the bridge and puts a cable of ours between them.</summary>
    public async Task<Watch.Wire> WireAsync(int a, int b, CancellationToken cancel)
    {
        foreach (int i in (int[])[a, b])
            await IpAsync(cancel, "link", "set", Outer(i), "nomaster");
        return new Watch.Wire(Outer(a), Outer(b));
    }

    public async ValueTask DisposeAsync()
    {
        for (int i = 0; i < count; i++)
            await TryIpAsync("netns", "del", Name(i));
        await TryIpAsync("link", "del", Bridge);
    }

    private async Task BuildAsync(CancellationToken cancel)
    {
        await IpAsync(cancel, "link", "add", Bridge, "type", "bridge");
        await IpAsync(cancel, "addr", "add", $"{Here}/24", "dev", Bridge);
        await IpAsync(cancel, "link", "set", Bridge, "up");
        for (int i = 0; i < count; i++)
        {
            string outer = Outer(i);
            await IpAsync(cancel, "netns", "add", Name(i));
            await IpAsync(cancel, "link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", Name(i));
            await IpAsync(cancel, "link", "set", outer, "master", Bridge, "up");
            await IpAsync(cancel, "-n", Name(i), "addr", "add", $"{Address(i)}/24", "dev", "eth0");
            await IpAsync(cancel, "-n", Name(i), "link", "set", "eth0", "up");
            await IpAsync(cancel, "-n", Name(i), "link", "set", "lo", "up");
        }
    }

    private static async Task IpAsync(CancellationToken cancel, params string[] arguments)
    {
        Ran ran = await Ran.OfAsync(new ProcessStartInfo("ip", arguments), cancel);
        if (ran.ExitCode != 0)
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {ran.Errors.Trim()}");
    }

    private static async Task TryIpAsync(params string[] arguments)
    {
        try
        {
            await Ran.OfAsync(new ProcessStartInfo("ip", arguments), CancellationToken.None);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // There is no ip: nothing was made with it either.
        }
    }
}
