using System.Collections.Concurrent;
using System.Diagnostics;

namespace Uptrakit.Tests.Shared.Cluster;

/// <summary>A daemon of ours as a real process, and what it wrote to its log. Started at most once at a time.</summary>
internal sealed class LoggedProcess(string name) : IAsyncDisposable
{
    private const int KeptLines = 5000;
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(15);
    private readonly ConcurrentQueue<string> log = new();
    private Process? process;

    public bool Runs => process is { HasExited: false };

    public int Id => process!.Id;

    /// <summary>The code of the last run, which has ended.</summary>
    public int ExitCode => process!.ExitCode;

    /// <summary>What it wrote, oldest line first.</summary>
    public IEnumerable<string> Log => log;

    public void Launch(ProcessStartInfo start, string? input = null)
    {
        if (Runs)
            throw new InvalidOperationException($"{name} runs already");
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        process?.Dispose();
        process = Process.Start(start)!;
        if (input is not null)
            process.StandardInput.Write(input);
        process.StandardInput.Close();
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Waits for something that it says or does, and fails at once when it ends instead.</summary>
    public Task UntilAsync(string what, Func<CancellationToken, Task<bool>> isSo, TimeSpan deadline, CancellationToken cancel) =>
        Until.TrueAsync(what, async token =>
        {
            if (!Runs)
                throw new InvalidOperationException($"{name} ended with code {process!.ExitCode}:\n{Tail()}");
            return await isSo(token);
        }, deadline, cancel);

    /// <summary>Like a power cut for the process: nothing is flushed or said goodbye to.</summary>
    public async Task Kill9Async(CancellationToken cancel)
    {
        if (process is null)
            return;
        process.Kill();
        await process.WaitForExitAsync(cancel);
    }

    /// <summary>As the service manager stops it.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync(CancellationToken cancel)
    {
        if (process is null)
            return 0;
        if (Runs)
        {
            Signals.Send(process.Id, Signals.Continue);
            Signals.Send(process.Id, Signals.Terminate);
        }

        return await WaitForExitAsync(cancel);
    }

    public async Task<int> WaitForExitAsync(CancellationToken cancel)
    {
        await process!.WaitForExitAsync(cancel).WaitAsync(StopTime, cancel);
        return process.ExitCode;
    }

    public void Pause() => Signals.Send(process!.Id, Signals.Stop);

    public void Continue() => Signals.Send(process!.Id, Signals.Continue);

    /// <summary>The end of the log.</summary>
    public string Tail(int lines = 60) => string.Join('\n', log.TakeLast(lines));

    /// <summary>Ends it at once, and leaves no process behind.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Runs)
        {
            process!.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }

        process?.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null)
            return;
        log.Enqueue(line.Data);
        while (log.Count > KeptLines)
            log.TryDequeue(out _);
    }
}
