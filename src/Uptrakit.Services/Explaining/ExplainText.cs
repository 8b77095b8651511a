using Uptrakit.CommandLine;
using Uptrakit.Contracts.Explain;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Services.Explaining;

/// <summary>The report for people: the decision first, then what it rests on.</summary>
internal static class ExplainText
{
    public static void Print(Terminal terminal, ExplainReport report)
    {
        terminal.WriteLine($"Controller  {report.Address}");
        terminal.WriteLine($"Mode        {ServerTrust.NameOf(report.Mode)}, the name {(report.NameEnforced ? "is required" : "is not looked at")}");
        if (report.Unreachable is { } unreachable)
        {
            terminal.WriteLine($"Decision    none: {unreachable}");
            return;
        }

        if (report.Decision is { } decision)
            Print(terminal, decision);
        terminal.WriteLine($"Pin         {Words(report.Pin)}");
        terminal.WriteLine($"Name        {(report.NameMatches ? "is in the certificate" : "is not in the certificate")}");
        terminal.WriteLine($"Clock       {Clock(report)}");
        if (report.Decision is { Accepted: not true })
        {
            terminal.WriteLine($"Cause       {report.CauseWords}");
            terminal.WriteLine($"Next step   {report.NextStep}");
        }

        Print(terminal, "What the server sent (unproved but for the decision above)", report.Chain);
        Print(terminal, "The bundle that it serves (public, proves nothing)", report.ServedBundle);
        if (report.BundleFault is { } fault)
            terminal.WriteLine($"  {fault}");
        Print(terminal, report.Others);
    }

    private static void Print(Terminal terminal, ExplainedDecision decision)
    {
        bool good = decision.Accepted is true;
        terminal.Out.WriteLine($"Decision    {terminal.Paint(good ? "trusted" : "refused", good ? Tone.Good : Tone.Bad)} "
            + Plain.Line($"by {decision.With}: {decision.Words}"));
        if (decision.Anchor is { } anchor)
            terminal.WriteLine($"Anchor      {anchor.Subject}, {anchor.Fingerprint} ({decision.AnchorSource})");
    }

    private static void Print(Terminal terminal, string title, IReadOnlyList<ExplainedCertificate> certificates)
    {
        terminal.WriteLine("");
        terminal.WriteLine(title);
        foreach (ExplainedCertificate certificate in certificates)
        {
            terminal.WriteLine($"  {certificate.Subject}{(certificate.IsAuthority ? " (CA)" : "")}");
            terminal.WriteLine($"    issuer       {certificate.Issuer}");
            terminal.WriteLine($"    valid        {certificate.NotBefore:u} to {certificate.NotAfter:u}");
            if (certificate.Names.Count > 0)
                terminal.WriteLine($"    names        {string.Join(", ", certificate.Names)}");
            if (certificate.Purposes.Count > 0)
                terminal.WriteLine($"    purposes     {string.Join(", ", certificate.Purposes)}");
            terminal.WriteLine($"    fingerprint  {certificate.Fingerprint}");
            terminal.WriteLine($"    key          {certificate.Spki?.ToString() ?? "unreadable"}");
        }
    }

    private static void Print(Terminal terminal, IReadOnlyList<ExplainedDecision> others)
    {
        terminal.WriteLine("");
        terminal.WriteLine("What other modes would decide");
        TablePrinter table = new("MODE", "WITH", "DECISION", "WHY");
        foreach (ExplainedDecision other in others)
        {
            Cell decision = other.Accepted switch
            {
                true => new Cell("trusted", other.Mode is TrustMode.Insecure ? Tone.Doubtful : Tone.Good),
                false => new Cell("refused", Tone.Bad),
                _ => new Cell("-", Tone.Faint),
            };
            table.Add(ServerTrust.NameOf(other.Mode), other.With, decision, other.Words);
        }

        table.Print(terminal);
    }

    private static string Clock(ExplainReport report) => report.ServerTime is { } theirs
        ? $"{report.Time:u} here; the server says {theirs:u}"
        : $"{report.Time:u} here; the server does not say";

    private static string Words(PinResult pin) => pin switch
    {
        PinResult.NoPin => "none is given",
        PinResult.IsTheServer => "is the server's own key",
        PinResult.IssuedTheServer => "issued the server's certificate",
        PinResult.ServedOnly => "is shown by the server but does not vouch for it: anyone can show what is public",
        _ => "is not among what the server shows",
    };
}
