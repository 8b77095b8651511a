using System.Diagnostics;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Trust;

namespace Uptrakit.Tests.Daemon;

/// <summary>The real program, with a data folder of its own.</summary>
internal sealed class QuProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ScratchFolder scratch = new();
    private readonly List<Process> running = [];

    public string Data => scratch["data"];

    public string Socket => scratch["q.sock"];

    public async Task<(int Exit, string Out, string Error)> RunAsync(params string[] arguments)
    {
        using Process process = Start(Socket, null, arguments);
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        Task<string> output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        // Whatever goes wrong, nobody is shown the inside of the program.
        Assert.DoesNotContain("   at Uptrakit", await error, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled exception", await error, StringComparison.Ordinal);
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Serves until disposed; returns once its socket is there.</summary>
    public async Task ServeAsync()
    {
        Process process = Start(Socket, null, "serve");
        running.Add(process);
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        while (!File.Exists(Socket) || (await RunAsync("status")).Exit != 0)
        {
            Assert.False(process.HasExited);
            await Task.Delay(100, deadline.Token);
        }
    }

    public Process Start(string socket, string? port, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Path.Combine(AppContext.BaseDirectory, "qu.dll"), .. arguments])
        {
            RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true,
        };
        start.Environment["QUPTIME_DIR"] = Data;
        start.Environment["QUPTIME_SOCKET"] = socket;
        if (port is not null)
            start.Environment["QUPTIME_BIND_PORT"] = port;
        Process process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    /// <summary>What is in the data folder, with the content of each file.</summary>
    public SortedDictionary<string, string> Look() => !Directory.Exists(Data) ? [] : new(
        Directory.GetFiles(Data, "*", SearchOption.AllDirectories)
            .Where(static path => Path.GetFileName(path) != "lock")
            .ToDictionary(path => Path.GetRelativePath(Data, path), static path => Convert.ToHexString(File.ReadAllBytes(path))));

    public void Dispose()
    {
        foreach (Process process in running)
        {
            process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        scratch.Dispose();
    }
}
