using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Uptrakit.Contracts.Gateway;

namespace Uptrakit.Services.Host;

/// <summary>What a host is: read from its files, without asking anybody and without running anything.</summary>
/// <param name="root">Where the files are; another folder in tests.</param>
internal sealed class HostReader(string root = "/")
{
    private const int MaximumFile = 64 << 10;
    private const int MaximumText = 255;
    private const int MaximumAddresses = 32;

    // machine-id(5): "should be considered confidential [...] must not be exposed in untrusted environments"; an application
    // hashes it with a key of its own, so that nobody can recognize the host by it elsewhere.
    private static readonly byte[] Application = Encoding.ASCII.GetBytes("uptrakit host facts v1");

    /// <summary>The facts as they are now. What cannot be read stays empty.</summary>
    public HostFacts Read()
    {
        Dictionary<string, string> os = OsRelease();
        HostFacts facts = new()
        {
            Hostname = Short(Environment.MachineName),
            MachineIdHash = MachineIdHash(),
            OsName = Short(os.GetValueOrDefault("NAME") ?? os.GetValueOrDefault("ID") ?? "Linux"),
            OsVersion = Short(os.GetValueOrDefault("VERSION") ?? os.GetValueOrDefault("VERSION_ID") ?? ""),
            Kernel = Short(Text("proc/sys/kernel/osrelease")),
            Architecture = RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant(),
            BootTimeUnix = NumberOf("proc/stat", "btime ") ?? 0,
            Cpus = (uint)Environment.ProcessorCount,
            MemoryBytes = (ulong)(NumberOf("proc/meminfo", "MemTotal:") ?? 0) * 1024,
        };
        facts.Addresses.AddRange(Addresses());
        return facts;
    }

    private string MachineIdHash()
    {
        string id = Text("etc/machine-id");
        return id.Length == 0 ? "" : Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.ASCII.GetBytes(id), Application));
    }

    private Dictionary<string, string> OsRelease()
    {
        string text = Text("etc/os-release");
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (string line in (text.Length > 0 ? text : Text("usr/lib/os-release")).Split('\n'))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && line[0] != '#')
                values[line[..equals].Trim()] = line[(equals + 1)..].Trim().Trim('"', '\'');
        }

        return values;
    }

    private long? NumberOf(string file, string label)
    {
        string? line = Text(file).Split('\n').FirstOrDefault(line => line.StartsWith(label, StringComparison.Ordinal));
        string? digits = line?[label.Length..].Trim().Split(' ')[0];
        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
    }

    private static IEnumerable<string> Addresses()
    {
        try
        {
            return [.. NetworkInterface.GetAllNetworkInterfaces()
                .Where(card => card.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown)
                .SelectMany(card => card.GetIPProperties().UnicastAddresses)
                .Select(unicast => unicast.Address)
                .Where(IsReachable)
                .Select(address => address.ToString())
                .Distinct()
                .Order(StringComparer.Ordinal)
                .Take(MaximumAddresses)];
        }
        catch (NetworkInformationException)
        {
            return [];
        }
    }

    private static bool IsReachable(IPAddress address) => !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal
        && address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6;

    // Files below /proc have no length: read up to the bound.
    private string Text(string path)
    {
        try
        {
            using FileStream file = new(Path.Combine(root, path), FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
            byte[] buffer = new byte[MaximumFile];
            int length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return Encoding.UTF8.GetString(buffer, 0, length).Trim();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string Short(string text) => text.Length <= MaximumText ? text : text[..MaximumText];
}
