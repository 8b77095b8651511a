using Uptrakit.Cli.Connection;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Cli.Trust;

/// <summary>Asks the operator for the fingerprint, to be read where it can be trusted.</summary>
/// <remarks>
/// What the server showed is not told before the answer: it would be copied, and "y" would be typed. So the only way to answer
/// right is to look at the Dashboard or at the host.
/// </remarks>
internal sealed class FingerprintQuestion(Terminal terminal)
{
    /// <summary>Null when somebody can answer, else the exit code, with the way out told.</summary>
    internal int? FaultOfTerminal() => terminal.IsInteractive ? null : terminal.Fail(ExitCode.Usage,
        "nobody is there to compare the fingerprint of the authority",
        hint: "pass it as --tofu=<fingerprint>, as the Dashboard shows it under Global Settings");

    /// <summary>The fingerprint that the answer means; null, with the reason, when it means none of this server.</summary>
    internal async Task<(CertificateFingerprint? Pin, ApiFault? Fault)> AskAsync(
        string server, CertificateBundle served, CancellationToken cancel)
    {
        terminal.Say($"{server} has an authority of its own. Read its fingerprint in the Dashboard under Global Settings,");
        terminal.Say("or run 'uptrakit-controller admin ca fingerprint' on its host.");
        await terminal.Error.WriteAsync("Type its eight words, or paste its 64 digits: ");
        await terminal.Error.FlushAsync(cancel);
        // A console blocks in ReadLineAsync too; only on another thread can Ctrl-C end the wait.
        string? answer = await Task.Run(terminal.In.ReadLine, cancel).WaitAsync(cancel);
        if (CertificateFingerprint.TryParse(answer, out CertificateFingerprint? pasted))
            return (pasted, null);
        if (!FingerprintWords.IsWellFormed(answer))
        {
            return (null, new ApiFault(ExitCode.TrustRefused,
                "that is neither eight words nor 64 digits of a fingerprint: nothing was stored", FirstMeeting.WhereToRead));
        }
        CertificateFingerprint? meant = served.Certificates.Select(CertificateFingerprint.Of)
            .FirstOrDefault(one => FingerprintWords.Matches(answer, one));
        return (meant, meant is null ? FirstMeeting.NotThatOne(server) : null);
    }
}
