using System.Diagnostics;
using Uptrakit.Tests.Shared.Cluster;

namespace Uptrakit.Tests.Shared.Fleet;

/// <summary>An <c>/etc/hosts</c> that one process sees, in a mount namespace of its own: it has a name for loopback that the machine has not.</summary>
internal sealed class HostsFile
{
    private const string Mount = "mount --bind \"$0\" /etc/hosts && exec \"$@\"";
    private readonly string path;

    public HostsFile(string path, string name)
    {
        this.path = path;
        File.WriteAllText(path, $"127.0.0.1 localhost {name}\n");
    }

    /// <summary>Whether the system lets this user do so.</summary>
    public static async Task<bool> CanBeReplacedAsync(CancellationToken cancel)
    {
        try
        {
            ProcessStartInfo start = new("true");
            Wrap(start, "/etc/hosts");
            return (await Ran.OfAsync(start, cancel)).ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // there is no unshare
        }
    }

    /// <summary>Has the process see it. The process keeps its id: what is put before it becomes it.</summary>
    public void GiveTo(ProcessStartInfo start) => Wrap(start, path);

    private static void Wrap(ProcessStartInfo start, string hosts)
    {
        string[] own = [start.FileName, .. start.ArgumentList];
        start.FileName = "unshare";
        start.ArgumentList.Clear();
        foreach (string argument in (string[])["--map-root-user", "--mount", "--propagation", "private", "sh", "-c", Mount, hosts, .. own])
            start.ArgumentList.Add(argument);
    }
}
