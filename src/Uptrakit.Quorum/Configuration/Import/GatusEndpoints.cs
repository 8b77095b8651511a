using System.Text.Json;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Text;

namespace Uptrakit.Quorum.Configuration.Import;

/// <summary>Endpoints of Gatus as checks.</summary>
internal sealed class GatusEndpoints(IReadOnlyDictionary<string, string> alerts, Imported imported)
{
    private static readonly TimeSpan UsualInterval = TimeSpan.FromMinutes(1);

    private static readonly string[] Taken =
        ["name", "group", "enabled", "url", "method", "body", "graphql", "headers", "interval", "conditions", "alerts", "dns", "client", "maintenance-windows"];

    public void Read(ForeignFields endpoint)
    {
        string name = imported.NameOfCheck(endpoint.Text("name"));
        string url = endpoint.Text("url") ?? "";
        if (Variables.In(url) is { } variable)
        {
            imported.Note($"check '{name}' is left out: its url needs the variable {variable}; write the address");
            return;
        }

        Check check = new() { Name = name, Enabled = endpoint.Flag("enabled", true) };
        Times(check, endpoint);
        if (!Target(check, endpoint, Variables.Plain(url)))
            return;
        foreach (string field in endpoint.Names.Where(static field => !Taken.Contains(field)))
            imported.Note($"check '{name}': '{Validation.Shown(field)}' is left out");
        Group(check, endpoint);
        Client(check, endpoint.Map("client"));
        if (check.Type == CheckType.Http)
            Request(check, endpoint);
        new GatusConditions(check, imported).Read(endpoint.Texts("conditions"));
        Alerts(check, endpoint);
        if (imported.Add(check))
        {
            foreach (ForeignFields window in endpoint.Items("maintenance-windows"))
                GatusMaintenance.Read(window, check.Name, imported);
        }
    }

    public void Group(Check check, ForeignFields endpoint)
    {
        if (endpoint.Text("group") is { } group)
            imported.Set(check, "group", group);
    }

    public void Alerts(Check check, ForeignFields endpoint)
    {
        foreach (ForeignFields alert in endpoint.Items("alerts"))
        {
            string type = alert.Text("type") ?? "";
            if (!alert.Flag("enabled", true))
                continue;
            if (!alerts.TryGetValue(type, out string? name))
                imported.Note($"check '{check.Name}': its alert '{Validation.Shown(type)}' is left out, because that one was");
            else if (!check.AlertIds.Contains(name))
                check.AlertIds.Add(name);
            if (alert.Number("failure-threshold") is > 1 and var times && check.Retries == 0 && check.Type != CheckType.Push)
                imported.Set(check, "retries", Math.Min(times - 1, 10).ToString(System.Globalization.CultureInfo.InvariantCulture));
            if (alert.Text("minimum-reminder-interval") is { } reminder)
                imported.Set(check, "reminder", reminder);
        }
    }

    private void Times(Check check, ForeignFields endpoint)
    {
        TimeSpan interval = UsualInterval;
        if (endpoint.Text("interval") is { } text && !Durations.TryParse(text, out interval))
        {
            interval = UsualInterval;
            imported.Note($"check '{check.Name}': the interval '{Validation.Shown(text)}' is not understood; 1m is taken");
        }

        TimeSpan timeout = Validation.DefaultTimeoutFor(interval);
        if (Durations.TryParse(endpoint.Map("client").Text("timeout"), out TimeSpan given))
            timeout = given < interval ? given : interval;
        check.IntervalMs = (long)interval.TotalMilliseconds;
        check.TimeoutMs = (long)timeout.TotalMilliseconds;
    }

    private bool Target(Check check, ForeignFields endpoint, string url)
    {
        if (endpoint.Has("dns"))
        {
            ForeignFields dns = endpoint.Map("dns");
            (check.Type, check.Target) = (CheckType.Dns, (dns.Text("query-name") ?? "").TrimEnd('.'));
            imported.Set(check, "record", (dns.Text("query-type") ?? "A").ToLowerInvariant());
            // The server is what such an endpoint watches: as the check's resolver it is asked whatever the cluster has.
            if (Resolver(url) is { } server)
                check.Resolvers.Add(server);
            else
                Named(check, url);
            return true;
        }

        int end = url.IndexOf("://", StringComparison.Ordinal);
        string scheme = end < 0 ? "" : url[..end].ToLowerInvariant();
        string rest = end < 0 ? url : url[(end + 3)..].TrimEnd('/');
        CheckType? type = scheme switch
        {
            "http" or "https" => CheckType.Http,
            "tcp" => CheckType.Tcp,
            "icmp" => CheckType.Icmp,
            "tls" or "starttls" => CheckType.Tls,
            _ => null,
        };
        if (type is null)
        {
            imported.Note($"check '{check.Name}' is left out: '{Validation.Shown(scheme)}' is no kind of target that qu probes");
            return false;
        }

        (check.Type, check.Target) = (type.Value, type == CheckType.Http ? url : rest);
        if (type == CheckType.Tls)
            imported.Set(check, "verify", "true");
        if (scheme == "starttls")
            imported.Set(check, "starttls", "smtp");
        return true;
    }

    private void Client(Check check, ForeignFields client)
    {
        foreach (string field in client.Names)
        {
            switch (field)
            {
                case "timeout":
                    break;
                case "insecure" when check.Type == CheckType.Http && client.Flag(field, false):
                    imported.Set(check, "insecure", "true");
                    break;
                case "insecure" when check.Type == CheckType.Tls && client.Flag(field, false):
                    imported.Set(check, "verify");
                    break;
                case "ignore-redirect" when check.Type == CheckType.Http && client.Flag(field, false):
                    imported.Set(check, "redirects", "-1");
                    break;
                case "insecure" or "ignore-redirect" when !client.Flag(field, false):
                    break;
                case "dns-resolver" when check.Type != CheckType.Dns && Resolver(client.Text(field)!) is { } resolver:
                    check.Resolvers.Add(resolver);
                    break;
                default:
                    imported.Note($"check '{check.Name}': '{Validation.Shown(field)}' of its client is left out");
                    break;
            }
        }
    }

    private void Named(Check check, string server)
    {
        imported.Set(check, "resolver", server);
        if (check.Dns is { Resolver.Length: > 0 })
            imported.Note($"check '{check.Name}': its server has a name and is asked only while the cluster has no resolvers; give the check the address as resolvers");
    }

    private static string? Resolver(string text)
    {
        string address = text[(text.IndexOf("://", StringComparison.Ordinal) is var end && end >= 0 ? end + 3 : 0)..];
        return Validation.FaultOfResolver(address) is null ? address : null;
    }

    private void Request(Check check, ForeignFields endpoint)
    {
        if (endpoint.Text("method") is { } method && method != "GET")
            imported.Set(check, "method", method);
        if (endpoint.Text("body") is { } body)
            Body(check, body, endpoint.Flag("graphql", false));
        List<string> headers = [];
        foreach ((string name, string value) in endpoint.Map("headers").Pairs())
        {
            if (Variables.In(value) is not { } variable)
                headers.Add($"{name}: {Variables.Plain(value)}");
            else if (Variables.Only(value) is not null)
                headers.Add($"{name}: {imported.Variable(variable, $"check '{check.Name}'")}");
            else if (name.Equals("Authorization", StringComparison.OrdinalIgnoreCase) && value.StartsWith("Bearer ", StringComparison.Ordinal) && Variables.Only(value[7..].Trim()) is not null)
                imported.Set(check, "bearer", imported.Variable(variable, $"check '{check.Name}'"));
            else
                imported.Note($"check '{check.Name}': the header {Validation.Shown(name)} is left out: a part of it is the variable {variable}; give it whole as file: or env:");
        }

        if (endpoint.Flag("graphql", false) && !headers.Exists(static header => header.StartsWith("Content-Type:", StringComparison.OrdinalIgnoreCase)))
            headers.Add("Content-Type: application/json");
        if (headers.Count > 0)
            imported.Set(check, "headers", headers);
    }

    private void Body(Check check, string body, bool graphql)
    {
        if (Variables.In(body) is { } variable)
            imported.Note($"check '{check.Name}': its body is left out: it needs the variable {variable}");
        else
            imported.Set(check, "body", graphql ? $"{{\"query\":\"{JsonEncodedText.Encode(Variables.Plain(body))}\"}}" : Variables.Plain(body));
    }
}
