using System.Globalization;
using Uptrakit.Cli.Output;

namespace Uptrakit.Cli.Trust;

/// <summary>The same for people.</summary>
internal sealed class ExplainText(Terminal terminal)
{
    internal void Show(ExplainView view)
    {
        FieldPrinter fields = new(terminal);
        fields.Add("server", view.Server);
        fields.Add("mode", view.Mode + (view.NameEnforced ? "" : ", the name is not compared"));
        fields.Add("this machine's time", Moment(view.Time));
        fields.Add("the server's time", view.ServerTime is DateTimeOffset time ? $"{Moment(time)} (not proved)" : null);
        if (view.Unreachable is null)
            Seen(fields, view);
        else
            fields.Add("not seen", view.Unreachable, Tone.Bad);
        fields.Print();
        if (view.Unreachable is not null)
            return;

        terminal.Out.WriteLine();
        Certificates("THE CHAIN AS SENT", view.Chain);
        Certificates("THE BUNDLE AS SERVED", view.ServedBundle);
        Decisions(view);
    }

    private static void Seen(FieldPrinter fields, ExplainView view)
    {
        fields.Add("name", view.NameMatches is true ? "is in the certificate" : "is not in the certificate",
            view.NameMatches is true ? Tone.Good : Tone.Bad);
        fields.Add("pin", view.Pin.Replace('_', ' '));
        if (view.BundleFault is not null)
            fields.Add("bundle", view.BundleFault, Tone.Bad);
        fields.Add("decision", $"{(view.Decision?.Accepted is true ? "accepted" : "refused")}: {view.Decision?.Words}",
            view.Decision?.Accepted is true ? Tone.Good : Tone.Bad);
        if (view.Decision?.Anchor is ExplainedCertificateView anchor)
            fields.Add("anchor", $"{anchor.Subject}, {anchor.Fingerprint ?? "not verified"}");
        fields.Add("cause", view.CauseWords);
        fields.Add("next step", view.NextStep);
    }

    private void Certificates(string heading, IReadOnlyList<ExplainedCertificateView> certificates)
    {
        if (certificates.Count == 0)
            return;
        TablePrinter table = new(heading, "ISSUER", "VALID", "NAMES", "PURPOSES", "FINGERPRINT");
        foreach (ExplainedCertificateView one in certificates)
        {
            table.Add(one.Subject, one.Issuer, $"{Moments.Day(one.NotBefore)} to {Moments.Day(one.NotAfter)}",
                string.Join(", ", one.Names), one.IsAuthority ? "CA" : string.Join(", ", one.Purposes),
                one.Fingerprint ?? "not shown: not verified");
        }
        table.Print(terminal);
        terminal.Out.WriteLine();
    }

    private void Decisions(ExplainView view)
    {
        TablePrinter table = new("OTHER MODE", "WITH", "DECISION", "BECAUSE");
        foreach (ExplainedDecisionView other in view.Others)
        {
            Cell answer = other.Accepted switch
            {
                true => new Cell("accepts", Tone.Good),
                false => new Cell("refuses", Tone.Bad),
                _ => new Cell("cannot say", Tone.Faint),
            };
            table.Add(other.Mode, other.With, answer, other.Words);
        }
        table.Print(terminal);
    }

    private static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
