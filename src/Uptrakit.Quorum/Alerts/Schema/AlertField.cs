using System.Globalization;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts.Schema;

/// <summary>Where an alert keeps the value of a field.</summary>
internal enum FieldPlace
{
    /// <summary>Alert.settings.</summary>
    Setting,

    /// <summary>Alert.secrets: in clear, a reference, or sealed.</summary>
    Secret,

    /// <summary>Alert.smtp.</summary>
    Smtp,
}

/// <summary>One thing that a type of alert knows.</summary>
/// <param name="Name">In files, in `qu alert add` (with dashes for underscores) and in the documentation.</param>
/// <param name="Example">As it may be written; also for the documentation.</param>
/// <param name="Check">What is wrong with a value in clear, without the name in front and without a secret in it; null when it is good.</param>
internal sealed record AlertField(
    string Name, FieldPlace Place, bool Needed, string Help, string Example, Func<string, string?> Check)
{
    /// <summary>What counts when it is left out; empty: nothing.</summary>
    internal string Default { get; init; } = "";

    /// <summary>Whether it may be given several times.</summary>
    internal bool IsList { get; init; }

    internal bool IsSecret => Place == FieldPlace.Secret;

    /// <summary>Whether it is there at all; a sealed secret is.</summary>
    internal bool IsIn(Alert alert) => Place == FieldPlace.Secret
        ? alert.Secrets.TryGetValue(Name, out Secret? secret) && (secret.Text.Length > 0 || !secret.Sealed.IsEmpty)
            || Older(alert).Length > 0
        : Values(alert).Any(v => v.Length > 0);

    /// <summary>The values in clear: none of a secret that is sealed.</summary>
    internal IEnumerable<string> Values(Alert alert) => Place switch
    {
        FieldPlace.Setting => alert.Settings.TryGetValue(Name, out string? value) ? [value] : [],
        FieldPlace.Secret when alert.Secrets.TryGetValue(Name, out Secret? secret) => secret.Sealed.IsEmpty ? [secret.Text] : [],
        FieldPlace.Secret => Older(alert) is { Length: > 0 } text ? [text] : [],
        _ => SmtpValues(alert.Smtp ?? new SmtpOptions()),
    };

    /// <summary>Takes over what a person wrote; none or one empty value takes the field out.</summary>
    internal void Set(Alert alert, params IReadOnlyList<string> values)
    {
        string value = values.Count > 0 ? values[0] : "";
        switch (Place)
        {
            case FieldPlace.Setting when value.Length == 0:
                alert.Settings.Remove(Name);
                break;
            case FieldPlace.Setting:
                alert.Settings[Name] = value;
                break;
            case FieldPlace.Secret:
                SetSecret(alert, value);
                break;
            default:
                SetSmtp(alert.Smtp ??= new SmtpOptions(), value, values);
                break;
        }
    }

    /// <summary>Null, or what is wrong with it, with the name in front.</summary>
    internal string? FaultOf(Alert alert)
    {
        if (!IsIn(alert))
            return Needed ? $"{Name}: is missing; {Help}" : null;
        foreach (string value in Values(alert))
        {
            string? fault = !IsSecret ? Check(value) : Secrets.FaultOf(value) ?? (Secrets.IsReference(value) ? null : Check(value));
            if (fault is not null)
                return $"{Name}: {fault}";
        }

        return null;
    }

    // Both were there before secrets had a place of their own.
    private string Older(Alert alert) => Name switch { "url" => alert.Url, "secret" => alert.Secret, _ => "" };

    private void SetSecret(Alert alert, string value)
    {
        if (value.Length == 0)
            alert.Secrets.Remove(Name);
        else
            alert.Secrets[Name] = State.Secrets.Of(value);
        if (Name == "url")
            alert.Url = "";
        else if (Name == "secret")
            alert.Secret = "";
    }

    private string[] SmtpValues(SmtpOptions smtp) => Name switch
    {
        "host" => [smtp.Host],
        "port" => smtp.Port == 0 ? [] : [smtp.Port.ToString(CultureInfo.InvariantCulture)],
        "from" => [smtp.From],
        "to" => [.. smtp.To],
        "user" => [smtp.User],
        _ => [smtp.Security],
    };

    private void SetSmtp(SmtpOptions smtp, string value, IReadOnlyList<string> values)
    {
        switch (Name)
        {
            case "host":
                smtp.Host = value;
                break;
            case "port":
                // What is no number is kept as one that no port has, so that the check tells.
                bool isPort = int.TryParse(value, CultureInfo.InvariantCulture, out int port) && port != 0;
                smtp.Port = value.Length == 0 ? 0 : isPort ? port : -1;
                break;
            case "from":
                smtp.From = value;
                break;
            case "to":
                smtp.To.Clear();
                smtp.To.Add(values.Where(v => v.Length > 0));
                break;
            case "user":
                smtp.User = value;
                break;
            default:
                smtp.Security = value;
                break;
        }
    }
}
