using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Text;

namespace Uptrakit.Quorum.Configuration.Import;

/// <summary>Monitors of Uptime Kuma as checks.</summary>
internal sealed class KumaMonitors(IReadOnlyDictionary<string, string> alerts, Imported imported)
{
    private static readonly string[] Records = ["a", "aaaa", "cname", "mx", "txt", "ns", "soa", "srv", "caa", "ptr"];

    public void Read(IReadOnlyList<ForeignFields> monitors)
    {
        // A group is no check here, but the heading under which its members stand.
        Dictionary<string, string> groups = [];
        foreach (ForeignFields group in monitors.Where(static monitor => monitor.Text("type") == "group"))
        {
            if (group.Text("id") is { } id && group.Text("name") is { } name)
                groups[id] = name;
        }

        foreach (ForeignFields monitor in monitors)
            Read(monitor, groups);
    }

    private void Read(ForeignFields monitor, Dictionary<string, string> groups)
    {
        string type = monitor.Text("type") ?? "";
        if (type == "group")
        {
            if (monitor.Map("notificationIDList").Names.Any())
                imported.Note($"group '{Validation.Shown(monitor.Text("name") ?? "")}': its own alerts are left out: a group is a heading here");
            return;
        }

        Check check = new() { Name = imported.NameOfCheck(monitor.Text("name")), Enabled = monitor.Flag("active", true) };
        Times(check, monitor);
        if (monitor.Flag("upsideDown", false))
        {
            imported.Note($"check '{check.Name}' is left out: qu has no check that is up when its target is down");
            return;
        }

        if (!Target(check, type, monitor))
            return;
        Common(check, monitor, groups);
        imported.Add(check);
    }

    private static void Times(Check check, ForeignFields monitor)
    {
        TimeSpan interval = TimeSpan.FromSeconds(Math.Clamp(monitor.Number("interval") ?? 60, 1, 86_400));
        TimeSpan timeout = Validation.DefaultTimeoutFor(interval);
        if (monitor.Number("timeout") is > 0 and var seconds)
            timeout = TimeSpan.FromSeconds(Math.Min(seconds, Math.Min(interval.TotalSeconds, 300)));
        check.IntervalMs = (long)interval.TotalMilliseconds;
        check.TimeoutMs = (long)timeout.TotalMilliseconds;
    }

    private bool Target(Check check, string type, ForeignFields monitor)
    {
        string host = monitor.Text("hostname") ?? "";
        switch (type)
        {
            case "http" or "keyword" or "json-query":
                (check.Type, check.Target) = (CheckType.Http, monitor.Text("url") ?? "");
                Request(check, type, monitor);
                return true;
            case "port":
                (check.Type, check.Target) = (CheckType.Tcp, $"{(host.Contains(':') ? $"[{host}]" : host)}:{monitor.Text("port")}");
                return true;
            case "ping":
                (check.Type, check.Target) = (CheckType.Icmp, host);
                return true;
            case "dns":
                (check.Type, check.Target) = (CheckType.Dns, host);
                Dns(check, monitor);
                return true;
            case "push":
                check.Type = CheckType.Push;
                if (monitor.Text("pushToken") is { } token)
                    imported.Set(check, "key_sha256", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token))));
                imported.Note($"check '{check.Name}': beats go to /push/<check-id> of a node, with the old token as the key; 'status=down' in one is not understood");
                return true;
            default:
                imported.Note($"check '{check.Name}' is left out: qu has no check of type '{Validation.Shown(type)}'");
                return false;
        }
    }

    private void Request(Check check, string type, ForeignFields monitor)
    {
        if (monitor.Text("method") is { } method && !method.Equals("GET", StringComparison.OrdinalIgnoreCase))
            imported.Set(check, "method", method.ToUpperInvariant());
        if (monitor.Text("body") is { } body)
            imported.Set(check, "body", body);
        Headers(check, monitor);
        Authentication(check, monitor);
        string statuses = string.Join(',', monitor.Texts("accepted_statuscodes"));
        if (statuses is not ("" or "200-299"))
            imported.Set(check, "expect", statuses);
        if (monitor.Number("maxredirects") is { } redirects && redirects != 10)
            imported.Set(check, "redirects", Number(redirects == 0 ? -1 : Math.Min(redirects, 20)));
        if (monitor.Flag("ignoreTls", false))
            imported.Set(check, "insecure", "true");
        if (monitor.Flag("expiryNotification", false))
            imported.Set(check, "warn_days", "14");
        if (type == "keyword" && monitor.Text("keyword") is { } keyword)
            imported.Set(check, monitor.Flag("invertKeyword", false) ? "body_not_match" : "body_match", keyword);
        if (type == "json-query")
            Json(check, monitor);
        if (monitor.Has("proxyId"))
            imported.Note($"check '{check.Name}': its proxy is left out: qu asks the target itself");
    }

    private void Headers(Check check, ForeignFields monitor)
    {
        List<string> headers = [];
        if (monitor.Text("headers") is { } text)
        {
            if (JsonTree.TryRead(text, out string fault) is { } map)
                headers.AddRange(new ForeignFields(map).Pairs().Select(static pair => $"{pair.Name}: {pair.Value}"));
            else
                imported.Note($"check '{check.Name}': its headers are left out: the text {fault}");
        }

        if (monitor.Has("body") && !headers.Exists(static header => header.StartsWith("Content-Type:", StringComparison.OrdinalIgnoreCase)))
        {
            headers.Add("Content-Type: " + monitor.Text("httpBodyEncoding") switch
            {
                "xml" => "text/xml; charset=utf-8",
                "form" => "application/x-www-form-urlencoded",
                _ => "application/json",
            });
        }

        if (headers.Count > 0)
            imported.Set(check, "headers", headers);
    }

    private void Authentication(Check check, ForeignFields monitor)
    {
        string method = monitor.Text("authMethod") ?? (monitor.Has("basic_auth_user") ? "basic" : "");
        if (method == "basic" && monitor.Text("basic_auth_user") is { } user)
        {
            imported.Set(check, "user", user);
            imported.Set(check, "password", monitor.Text("basic_auth_pass") ?? "");
        }
        else if (method == "mtls" && monitor.Text("tlsCert") is { } certificate && monitor.Text("tlsKey") is { } key)
        {
            imported.Set(check, "client_certificate", $"{certificate.Trim()}\n{key.Trim()}\n");
        }
        else if (method.Length > 0)
        {
            imported.Note($"check '{check.Name}': its authentication '{Validation.Shown(method)}' is left out: basic, bearer and certificates are there");
        }
    }

    private void Json(Check check, ForeignFields monitor)
    {
        string path = monitor.Text("jsonPath") ?? "$";
        string op = monitor.Text("jsonPathOperator") ?? "==";
        string condition = $"{(path.StartsWith('$') ? path : $"$.{path}")} {op} {monitor.Text("expectedValue")}";
        if (CheckFields.Find("json")!.FaultOf(condition) is { } fault)
            imported.Note($"check '{check.Name}': its JSON query '{Validation.Shown(path)}' is left out: {fault}");
        else
            imported.Set(check, "json", condition);
    }

    private void Dns(Check check, ForeignFields monitor)
    {
        string record = (monitor.Text("dns_resolve_type") ?? "A").ToLowerInvariant();
        if (!Records.Contains(record))
            imported.Note($"check '{check.Name}': a record of type {Validation.Shown(record)} is not known; a is taken");
        else
            imported.Set(check, "record", record);
        // Several servers are asked one after the other there; here they are the check's resolvers.
        string[] servers = [.. (monitor.Text("dns_resolve_server") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(server => monitor.Number("port") is { } port && port != 53 && !server.Contains(':') ? $"{server}:{port}" : server)];
        foreach (string server in servers)
        {
            if (Validation.FaultOfResolver(server) is null && !check.Resolvers.Contains(server) && check.Resolvers.Count < Validation.MaxResolvers)
                check.Resolvers.Add(server);
            else
                imported.Note($"check '{check.Name}': the server '{Validation.Shown(server)}' is left out");
        }
    }

    private void Common(Check check, ForeignFields monitor, Dictionary<string, string> groups)
    {
        if (monitor.Number("maxretries") is > 0 and var retries && check.Type != CheckType.Push)
            imported.Set(check, "retries", Number(Math.Min(retries, 10)));
        if (monitor.Number("retryInterval") is > 0 and var after && check.Retries > 0)
            imported.Set(check, "retry_after", Durations.Format(TimeSpan.FromSeconds(Math.Min(after, 300))));
        // So many beats, each after an interval.
        if (monitor.Number("resendInterval") is > 0 and var beats)
            imported.Set(check, "reminder", Durations.Format(Math.Clamp(beats, 1, 100_000) * Math.Max(check.IntervalMs, 60_000)));
        if (monitor.Text("description") is { } description)
            imported.Set(check, "description", description);
        if (monitor.Text("parent") is { } parent && groups.TryGetValue(parent, out string? group))
            imported.Set(check, "group", group);
        string[] tags = [.. monitor.Items("tags").Select(TagOf).OfType<string>().Distinct()];
        if (tags.Length > 0)
            imported.Set(check, "tags", tags);
        foreach ((string id, string value) in monitor.Map("notificationIDList").Pairs())
        {
            if (value == "true" && !alerts.ContainsKey(id))
                imported.Note($"check '{check.Name}': one of its alerts is left out, because that one was");
            else if (value == "true" && !check.AlertIds.Contains(alerts[id]))
                check.AlertIds.Add(alerts[id]);
        }
    }

    private static string? TagOf(ForeignFields tag)
    {
        string text = string.Join(':', ((string?[])[tag.Text("name"), tag.Text("value")]).OfType<string>());
        string clean = string.Concat(text.Take(32).Select(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':' or '/' ? c : '-'));
        return clean.Length > 0 ? clean : null;
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
