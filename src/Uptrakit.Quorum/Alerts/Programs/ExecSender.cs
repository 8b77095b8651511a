using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts.Programs;

/// <summary>Starts a program of this node with the message on its standard input.</summary>
/// <remarks>No shell, no arguments, a bare environment: nothing that a target or the replicated state says is ever read as a command.</remarks>
internal sealed class ExecSender(ServiceKit kit, ProgramFolder programs) : IAlertSender
{
    private const int OutputLimit = 64 * 1024;
    private const int TemporaryFailure = 75; // EX_TEMPFAIL of sysexits.h
    private const string SetSid = "/usr/bin/setsid";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public async ValueTask<SendResult> SendAsync(Alert alert, AlertMessage message, CancellationToken cancel)
    {
        // Tried again: the next leader may have it.
        if (!programs.TryFind(alert.Settings.TryGetValue("program", out string? name) ? name : "", out string? path, out string? fault))
            return new SendResult.Failed(fault, Retry: true);
        if (!File.Exists(SetSid))
            return new SendResult.Failed($"{SetSid} of util-linux is missing, and without it a program that hangs could not be ended", Retry: true);

        AlertWords words = kit.Composer.Compose(alert, message, Markup.Plain);
        try
        {
            return (await RunAsync(Start(path, message, words), WebhookPayload.Serialize(message, words), cancel)).With(words.Fault);
        }
        catch (Exception broken) when (broken is Win32Exception or IOException or InvalidOperationException)
        {
            return new SendResult.Failed("the program cannot be started", Retry: true);
        }
    }

    private static ProcessStartInfo Start(string path, AlertMessage message, AlertWords words)
    {
        ProcessStartInfo start = new(SetSid)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = Path.GetDirectoryName(path)!,
        };
        // A session and group of its own, so that all of it can be ended.
        start.ArgumentList.Add(path);
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        start.Environment["LANG"] = "C.UTF-8";
        start.Environment["UPTRAKIT_MESSAGE"] = message.Id;
        start.Environment["UPTRAKIT_VERB"] = message.Verb;
        start.Environment["UPTRAKIT_KIND"] = AlertText.Kind(message.Kind);
        start.Environment["UPTRAKIT_STATE"] = Kinds.Text(message.To);
        start.Environment["UPTRAKIT_CHECK"] = message.CheckName;
        start.Environment["UPTRAKIT_CHECK_ID"] = message.CheckId;
        start.Environment["UPTRAKIT_SUBJECT"] = words.Subject;
        return start;
    }

    private async ValueTask<SendResult> RunAsync(ProcessStartInfo start, byte[] input, CancellationToken cancel)
    {
        using Process process = Process.Start(start) ?? throw new InvalidOperationException("no process");
        using Deadline deadline = new(s_patience, kit.Clock, cancel);
        using CancellationTokenSource flood = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token);
        try
        {
            Task talk = Task.WhenAll(
                FeedAsync(process, input, flood.Token),
                DrainAsync(process.StandardOutput.BaseStream, flood),
                DrainAsync(process.StandardError.BaseStream, flood));
            await process.WaitForExitAsync(flood.Token);
            // What it has left running may hold the pipes open; nobody waits for that.
            _ = talk.ContinueWith(static t => _ = t.Exception, TaskScheduler.Default);
            return Judge(process.ExitCode);
        }
        catch (OperationCanceledException)
        {
            End(process);
            if (cancel.IsCancellationRequested)
                throw;
            return new SendResult.Failed(
                deadline.Token.IsCancellationRequested
                    ? $"the program did not end within {s_patience.TotalSeconds:0} s and was killed"
                    : $"the program wrote more than {OutputLimit / 1024} KiB and was killed",
                Retry: true);
        }
    }

    private static SendResult Judge(int code) => code switch
    {
        0 => SendResult.Done,
        TemporaryFailure => new SendResult.Failed("the program asks to try again later (exit 75)", Retry: true),
        // What sysexits.h calls wrong usage, wrong data and wrong configuration, and what cannot be run at all.
        (>= 64 and <= 78) or 126 or 127 => new SendResult.Failed(Exit(code), Retry: false),
        _ => new SendResult.Failed(Exit(code), Retry: true),
    };

    private static string Exit(int code) => string.Create(CultureInfo.InvariantCulture, $"the program ended with exit code {code}");

    private static void End(Process process)
    {
        try
        {
            ProcessGroup.End(process.Id);
            process.Kill(entireProcessTree: true);
        }
        catch (Exception gone) when (gone is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself.
        }
    }

    private static async Task FeedAsync(Process process, byte[] input, CancellationToken cancel)
    {
        try
        {
            Stream pipe = process.StandardInput.BaseStream;
            await pipe.WriteAsync(input, cancel);
            await pipe.FlushAsync(cancel);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // A program may take the variables and not read its input.
        }
    }

    // Read so that the program does not block, and thrown away: it may hold secrets.
    private static async Task DrainAsync(Stream pipe, CancellationTokenSource flood)
    {
        byte[] buffer = new byte[4096];
        int total = 0;
        while (await pipe.ReadAsync(buffer, flood.Token) is > 0 and int read)
        {
            total += read;
            if (total > OutputLimit)
            {
                await flood.CancelAsync();
                return;
            }
        }
    }
}
