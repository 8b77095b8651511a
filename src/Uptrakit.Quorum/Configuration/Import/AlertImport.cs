using Uptrakit.Quorum.Alerts.Mail;
using Uptrakit.Quorum.Alerts.Schema;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Configuration.Import;

/// <summary>What the alerts of all other programs have in common: fields under other names.</summary>
internal static class AlertImport
{
    /// <summary>Takes the fields over; false when one needs a variable that no secret can be.</summary>
    public static bool Fill(Alert alert, ForeignFields theirs, IEnumerable<(string Theirs, string Ours)> names, Imported imported)
    {
        AlertKind kind = AlertSchema.Of(alert.Type)!;
        foreach ((string from, string to) in names)
        {
            if (theirs.Text(from) is not { } value)
                continue;
            AlertField field = kind.Fields.First(each => each.Name == to);
            if (Variables.In(value) is { } variable)
            {
                if (!field.IsSecret || Variables.Only(value) is null)
                {
                    imported.Note($"alert '{alert.Name}' is left out: its {from} needs the variable {variable}; write it, or where it is");
                    return false;
                }

                value = imported.Variable(variable, $"alert '{alert.Name}'");
            }

            field.Set(alert, field.IsList ? value.Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [Variables.Plain(value)]);
        }

        return true;
    }

    /// <summary>How a mail is secured, which others guess from the port.</summary>
    public static void Mail(Alert alert, bool tls)
    {
        SmtpOptions smtp = alert.Smtp ??= new SmtpOptions();
        bool hasPassword = alert.Secrets.ContainsKey("password");
        smtp.Security = tls ? SmtpOpening.Tls : hasPassword || smtp.Port == 587 ? SmtpOpening.StartTls : SmtpOpening.None;
        // Without a password the others do not log in.
        if (!hasPassword)
            smtp.User = "";
        else if (smtp.User.Length == 0)
            smtp.User = smtp.From;
    }
}
