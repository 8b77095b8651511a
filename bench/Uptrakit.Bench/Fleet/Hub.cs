using System.Diagnostics;
using System.Text.Json;
using Uptrakit.Contracts.Client;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Enrollment;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Bench.Fleet;

/// <summary>A real Controller with SQLite on the disk, on loopback.</summary>
internal sealed class Hub : IDisposable
{
    /// <summary>The most uses that one token may have.</summary>
    public const int UsesOfOneToken = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly string log;
    private readonly string folder;
    private EstablishedTrust? trust;
    private int starts;

    /// <param name="places">Where its files are.</param>
    /// <param name="name">A short one of its own.</param>
    /// <param name="options">Options of `serve`, beside those that every hub has.</param>
    public Hub(Places places, string name, params string[] options)
    {
        // The control socket is in the state folder, and its path has to be short; the database is to be on a disk.
        folder = Path.Combine(places.Sockets, name);
        log = Path.Combine(places.Root, name + ".log");
        Address = ControllerAddress.TryParse($"127.0.0.1:{Places.FreePorts(1)[0]}", out ControllerAddress? address, out string? fault)
            ? address
            : throw new InvalidOperationException(fault);
        Process = new(Executables.Controller,
            ["serve", "--state-dir", folder, "--https-addr", Address.ToString(), "--database", Path.Combine(places.Root, name + ".db"), .. options], log);
    }

    public ControllerAddress Address { get; }

    public Child Process { get; }

    /// <summary>Starts it, and waits until it serves.</summary>
    public async Task StartAsync()
    {
        Process.Start();
        starts++;
        for (Deadline deadline = new(Patience); Served() < starts; await deadline.PauseAsync("the Controller did not serve"))
        {
            if (!Process.Running)
                throw new InvalidOperationException($"the Controller ended: {string.Join(' ', File.ReadLines(log).TakeLast(3))}");
        }
    }

    public async Task<ServiceToken> TokenAsync()
    {
        string text = await AdminAsync("create-enrollment-token", "--uses", $"{UsesOfOneToken}", "--ttl", "2h");
        return ServiceToken.TryParse(text.Trim(), out ServiceToken? token, out TokenFault fault)
            ? token
            : throw new InvalidOperationException(ServiceToken.Describe(fault));
    }

    /// <summary>The Controller as a Service meets it first, by the fingerprint of its CA. Made once: its key stays for the run.</summary>
    public async Task<EstablishedTrust> TrustAsync()
    {
        if (trust is not null)
            return trust;
        string fingerprint = (await AdminAsync("ca", "fingerprint")).Trim();
        if (!CertificateFingerprint.TryParse(fingerprint, out CertificateFingerprint? pin))
            throw new InvalidOperationException($"not a fingerprint: {fingerprint}");
        ContactRequest request = new() { Trust = ServerTrust.PinFingerprint(pin, skipHostname: false) };
        return await new FirstContact(TimeProvider.System).EstablishAsync(Address, request, CancellationToken.None) is ContactOutcome.Established met
            ? trust = met.Trust
            : throw new InvalidOperationException("the first contact failed");
    }

    /// <summary>How many of its Services it says are connected.</summary>
    public async Task<int> ConnectedAsync()
    {
        using JsonDocument list = JsonDocument.Parse(await AdminAsync("services", "list", "--json"));
        return list.RootElement.GetProperty("items").EnumerateArray().Count(static one => one.GetProperty("connected").GetBoolean());
    }

    public void Dispose() => Process.Dispose();

    private int Served() => File.Exists(log) ? File.ReadLines(log).Count(static line => line.Contains(" serves at https://", StringComparison.Ordinal)) : 0;

    private async Task<string> AdminAsync(params string[] arguments)
    {
        ProcessStartInfo start = new(Executables.Controller, ["admin", .. arguments, "--state-dir", folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = System.Diagnostics.Process.Start(start)!;
        using CancellationTokenSource deadline = new(Patience);
        Task<string> output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        string words = await process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        return process.ExitCode == 0 ? await output : throw new InvalidOperationException($"admin {arguments[0]}: {words}");
    }
}
