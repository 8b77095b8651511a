using System.Globalization;
using System.Text;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts;

/// <summary>The default words of an alert.</summary>
internal static class AlertText
{
    internal const int NameLimit = 100;
    internal const int TargetLimit = 300;

    internal static string Subject(AlertMessage message) => message.Verb == "TEST"
        ? "[TEST] Uptrakit can reach you"
        : $"[{message.Verb}] {message.CheckName} ({Type(message.CheckType)})";

    internal static string Body(AlertMessage message)
    {
        StringBuilder body = new();
        body.Append(Headline(message)).Append('\n');
        foreach ((string label, string value) in Facts(message))
            body.Append('\n').Append(label).Append(": ").Append(value);
        return body.ToString();
    }

    /// <summary>The first line: what has happened, in the words of the check's type.</summary>
    internal static string Headline(AlertMessage message) => (message.Verb, message.CheckType) switch
    {
        ("TEST", _) => message.Detail,
        ("DOWN", CheckType.Http) => $"{message.CheckName} does not answer as expected.",
        ("DOWN", CheckType.Tcp) => $"{message.CheckName} takes no connections.",
        ("DOWN", _) => $"{message.CheckName} is down.",
        ("RECOVERED", _) => $"{message.CheckName} is up again after {Duration(message.Lasted)}.",
        ("UP", _) => $"{message.CheckName} is up.",
        _ => $"{message.CheckName}: too few nodes tell what its state is.",
    };

    /// <summary>Everything else, as label and value. A value that came from a target or an operator is clean, not escaped.</summary>
    internal static IEnumerable<(string Label, string Value)> Facts(AlertMessage message)
    {
        if (message.Verb != "TEST")
        {
            yield return ("Check", $"{message.CheckName} ({message.CheckId})");
            yield return ("Type", Type(message.CheckType));
            yield return ("Target", message.Target);
            yield return ("State", $"{State(message.From)} -> {State(message.To)}");
            yield return ("Nodes that see it up", $"{message.Ok} of {message.Total}");
            if (message.Detail.Length > 0)
                yield return ("Detail", message.Detail);
        }

        yield return ("When", message.AtText);
        yield return ("Node", message.NodeId);
        yield return ("Message", message.Id);
    }

    internal static string Type(CheckType type) => type switch
    {
        CheckType.Http => "http",
        CheckType.Tcp => "tcp",
        _ => "unknown",
    };

    internal static string State(CheckState state) => state switch
    {
        CheckState.Up => "up",
        CheckState.Down => "down",
        _ => "unknown",
    };

    /// <summary>The target without a password that somebody wrote into its URL.</summary>
    internal static string PublicTarget(string target)
    {
        if (Uri.TryCreate(target, UriKind.Absolute, out Uri? place) && place.UserInfo.Length > 0)
            target = place.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped);
        return PlainText.Clean(target, TargetLimit);
    }

    /// <summary>The two largest units that are not zero: "1d 2h", "5m 3s".</summary>
    internal static string Duration(TimeSpan time)
    {
        (long Count, string Unit)[] parts = [((long)time.TotalDays, "d"), (time.Hours, "h"), (time.Minutes, "m"), (time.Seconds, "s")];
        string[] shown = [.. parts.SkipWhile(p => p.Count == 0).Take(2).Where(p => p.Count > 0)
            .Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Count}{p.Unit}"))];
        return shown.Length == 0 ? "0s" : string.Join(' ', shown);
    }
}
