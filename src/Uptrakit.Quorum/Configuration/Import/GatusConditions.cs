using System.Globalization;
using System.Text.RegularExpressions;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Text;

namespace Uptrakit.Quorum.Configuration.Import;

/// <summary>Conditions of Gatus as options of a check.</summary>
internal sealed class GatusConditions(Check check, Imported imported)
{
    private static readonly string[] Operators = [" == ", " != ", " <= ", " >= ", " < ", " > "];

    private readonly HashSet<int> statuses = [.. Enumerable.Range(100, 500)];
    private readonly List<string> json = [];
    private bool judgesStatus;

    public void Read(IReadOnlyList<string> conditions)
    {
        foreach (string condition in conditions)
        {
            if (!Take(condition.Trim()))
                imported.Note($"check '{check.Name}': the condition '{Validation.Shown(condition)}' is left out: there is nothing like it here");
        }

        // Without one Gatus takes any status; we take 2xx.
        if (check.Type == CheckType.Http)
            Statuses();
        if (json.Count > 0)
            imported.Set(check, "json", json);
    }

    private bool Take(string condition)
    {
        string? op = Operators.FirstOrDefault(each => condition.Contains(each, StringComparison.Ordinal));
        if (op is null || Variables.In(condition) is not null)
            return false;
        int at = condition.IndexOf(op, StringComparison.Ordinal);
        string left = condition[..at].Trim();
        string right = condition[(at + op.Length)..].Trim();
        op = op.Trim();
        if (right.StartsWith('[') && !left.StartsWith('['))
            (left, right, op) = (right, left, op.Replace('<', '?').Replace('>', '<').Replace('?', '>'));
        return (check.Type, left.ToUpperInvariant()) switch
        {
            (CheckType.Http, "[STATUS]") => Status(op, right),
            (_, "[CONNECTED]") => op == "==" && right == "true",
            (CheckType.Http or CheckType.Icmp, "[RESPONSE_TIME]") when op is "<" or "<=" => Time(right),
            (CheckType.Http or CheckType.Tls, "[CERTIFICATE_EXPIRATION]") when op is ">" or ">=" => Certificate(right),
            (CheckType.Dns, "[DNS_RCODE]") when op == "==" => right == "NOERROR" || Set("rcode", right),
            (CheckType.Dns, "[BODY]") when op == "==" => Set("expect", Inner(right) ?? right),
            (CheckType.Http, "[BODY]") => Body(op, right),
            (CheckType.Http, _) when left.StartsWith("[BODY]", StringComparison.OrdinalIgnoreCase) => Json(left[6..], op, right),
            (CheckType.Http, _) when left.StartsWith("has([BODY]", StringComparison.OrdinalIgnoreCase) && left.EndsWith(')') && op == "==" && right == "true" =>
                Json(left[10..^1], "exists", ""),
            _ => false,
        };
    }

    private bool Status(string op, string right)
    {
        int[] wanted = [.. (Function("any", right) ?? right).Split(',', StringSplitOptions.TrimEntries)
            .Select(static text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int status) ? status : -1)];
        if (wanted.Contains(-1) || (wanted.Length > 1 && op is not ("==" or "!=")))
            return false;
        judgesStatus = true;
        statuses.RemoveWhere(status => op switch
        {
            "==" => !wanted.Contains(status),
            "!=" => wanted.Contains(status),
            "<" => status >= wanted[0],
            "<=" => status > wanted[0],
            ">" => status <= wanted[0],
            _ => status < wanted[0],
        });
        return true;
    }

    private void Statuses()
    {
        if (!judgesStatus)
            statuses.UnionWith(Enumerable.Range(100, 500));
        List<string> ranges = [];
        int[] all = [.. statuses.Order()];
        for (int from = 0, to = 0; from < all.Length; from = to = to + 1)
        {
            while (to + 1 < all.Length && all[to + 1] == all[to] + 1)
                to++;
            ranges.Add(all[from] == all[to] ? $"{all[from]}" : $"{all[from]}-{all[to]}");
        }

        if (ranges is ["200-299"])
            return;
        if (ranges.Count == 0)
            imported.Note($"check '{check.Name}': its conditions on the status leave none; any 2xx counts as up");
        else
            imported.Set(check, "expect", string.Join(',', ranges));
    }

    private bool Time(string right)
    {
        bool isTime = long.TryParse(right, NumberStyles.None, CultureInfo.InvariantCulture, out long milliseconds);
        if (!isTime && Durations.TryParse(right, out TimeSpan time))
            (isTime, milliseconds) = (true, (long)time.TotalMilliseconds);
        return isTime && milliseconds > 0 && Set("too_slow", Durations.Format(milliseconds));
    }

    private bool Certificate(string right)
    {
        if (!Durations.TryParse(right, out TimeSpan time))
            return false;
        int days = Math.Max(1, (int)Math.Ceiling(time.TotalDays));
        if (check.Type == CheckType.Http)
        {
            imported.Note($"check '{check.Name}': a certificate that ends within {days} days is a warning here, not a failure");
            return Set("warn_days", Text(days));
        }

        // The warning comes before the failure, or it could never be seen.
        return Set("fail_days", Text(days)) && (days < 14 || Set("warn_days", Text(days + 7)));
    }

    private bool Body(string op, string right)
    {
        string? text = Inner(right);
        if (text is null || op is not ("==" or "!="))
            return false;
        return Set(op == "==" ? "body_match" : "body_not_match", text);
    }

    private bool Json(string path, string op, string right)
    {
        string full = "$" + path;
        string condition;
        if (op == "exists")
            condition = $"{full} exists";
        else if (Function("pat", right) is { } pattern)
            condition = op != "==" ? "" : Inner(right) is { } inner ? $"{full} contains {inner}" : $"{full} matches ^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal)}$";
        else if (Function("any", right) is { } some)
            condition = op != "==" ? "" : $"{full} matches ^({string.Join('|', some.Split(',', StringSplitOptions.TrimEntries).Select(Regex.Escape))})$";
        else
            condition = $"{full} {op} {right}";
        if (CheckFields.Find("json")!.FaultOf(condition) is not null)
            return false;
        json.Add(condition);
        return true;
    }

    private bool Set(string field, string value)
    {
        imported.Set(check, field, value);
        return true;
    }

    /// <summary>The text of a pattern that means "has this text in it"; null for every other one.</summary>
    private static string? Inner(string right) =>
        Function("pat", right) is { Length: > 2 } pattern && pattern[0] == '*' && pattern[^1] == '*' && !pattern[1..^1].AsSpan().ContainsAny('*', '?', '[') ? pattern[1..^1] : null;

    private static string? Function(string name, string text) =>
        text.StartsWith($"{name}(", StringComparison.Ordinal) && text.EndsWith(')') ? text[(name.Length + 1)..^1] : null;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
