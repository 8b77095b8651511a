using Uptrakit.Contracts.Gateway;
using Uptrakit.Services.Host;
using Uptrakit.Tests.Shared;

namespace Uptrakit.Tests.Services;

public sealed class HostReaderTests : IDisposable
{
    private readonly ScratchFolder root = new();

    public void Dispose() => root.Dispose();

    [Fact]
    public void Read_FilesOfAHost_BecomeFacts()
    {
        Write("etc/os-release", "NAME=\"Debian GNU/Linux\"\nVERSION=\"12 (bookworm)\"\n# NAME=no\n");
        Write("etc/machine-id", "0123456789abcdef0123456789abcdef\n");
        Write("proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
        Write("proc/stat", "cpu 1 2 3\nbtime 1700000000\nprocesses 1\n");
        Write("proc/meminfo", "MemTotal:       16384 kB\nMemFree: 1 kB\n");

        HostFacts facts = new HostReader(root.Path).Read();

        Assert.Equal("Debian GNU/Linux", facts.OsName);
        Assert.Equal("12 (bookworm)", facts.OsVersion);
        Assert.Equal("6.1.0-18-amd64", facts.Kernel);
        Assert.Equal(1700000000, facts.BootTimeUnix);
        Assert.Equal(16384UL * 1024, facts.MemoryBytes);
        Assert.Matches("^[0-9a-f]{64}$", facts.MachineIdHash);
        Assert.DoesNotContain("0123456789abcdef0123456789abcdef", facts.ToString(), StringComparison.Ordinal);
        Assert.True(facts.Cpus > 0);
    }

    [Fact]
    public void Read_NothingThere_LeavesFieldsEmpty()
    {
        HostFacts facts = new HostReader(root.Path).Read();

        Assert.Equal("Linux", facts.OsName);
        Assert.Empty(facts.MachineIdHash);
        Assert.Equal(0UL, facts.MemoryBytes);
        Assert.NotEmpty(facts.Hostname);
    }

    [Fact]
    public void Read_HostWithoutEnd_IsBounded()
    {
        Write("etc/os-release", $"NAME={new string('x', 200_000)}");

        Assert.Equal(255, new HostReader(root.Path).Read().OsName.Length);
    }

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(root[path])!);
        File.WriteAllText(root[path], text);
    }
}
