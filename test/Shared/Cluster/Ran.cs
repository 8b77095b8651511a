using System.Diagnostics;
using System.Text.Json;

namespace Uptrakit.Tests.Shared.Cluster;

/// <summary>What a finished command line said.</summary>
internal sealed record Ran(int ExitCode, string Output, string Errors)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public override string ToString() => $"exit code {ExitCode}\n{Output}\n{Errors}";

    /// <summary>Fails, with everything that was said, unless the code is the expected one.</summary>
    public Ran Expect(int code)
    {
        Assert.True(ExitCode == code, $"expected exit code {code}, got {this}");
        return this;
    }

    public JsonElement Json()
    {
        using JsonDocument document = JsonDocument.Parse(Output);
        return document.RootElement.Clone();
    }

    public static async Task<Ran> OfAsync(ProcessStartInfo start, CancellationToken cancel)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(Deadline);
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            Task<string> errors = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return new Ran(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }
}
