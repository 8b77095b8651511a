using Uptrakit.Quorum.Alerts.Schema;
using Uptrakit.Quorum.Configuration;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.State;

namespace Uptrakit.Tests.Configuration;

/// <summary>A state with every option of every type of check and alert.</summary>
internal static class Everything
{
    /// <summary>A value of each option, other than its default. One that is new must get its own.</summary>
    public static IReadOnlyDictionary<string, string[]> Values { get; } = new Dictionary<string, string[]>
    {
        ["method"] = ["POST"],
        ["headers"] = ["Accept: text/plain", "Authorization: geheim-header", "X-Key: file:/etc/quptime/secrets/key", "Accept: text/html"],
        ["body"] = ["{\"a\": \"b # c\"}\n"],
        ["user"] = ["qu"],
        ["password"] = ["geheim-password"],
        ["bearer"] = ["geheim-bearer"],
        ["client_certificate"] = ["geheim\ncertificate\n"],
        ["expect"] = ["200-299,401"],
        ["body_match"] = ["fine: yes"],
        ["body_not_match"] = ["'oops'"],
        ["json"] = ["$.status == ok", "$.nodes[0].load < 5"],
        ["send"] = ["EHLO me\\r\\n"],
        ["count"] = ["5"],
        ["loss"] = ["40"],
        ["sni"] = ["www.example.org"],
        ["warn_days"] = ["21"],
        ["fail_days"] = ["7"],
        ["verify"] = ["true"],
        ["starttls"] = ["smtp"],
        ["record"] = ["mx"],
        ["resolver"] = ["192.0.2.53"],
        ["rcode"] = ["NXDOMAIN"],
        ["key_sha256"] = [new string('a', 64)],
        ["slow"] = ["300ms"],
        ["too_slow"] = ["2s"],
        ["redirects"] = ["-1"],
        ["inner_redirects"] = ["true"],
        ["insecure"] = ["true"],
        ["retries"] = ["2"],
        ["retry_after"] = ["5s"],
        ["down_when"] = ["2"],
        ["reminder"] = ["1h"],
        ["tags"] = ["web", "team:ops"],
        ["group"] = ["Shop & co"],
        ["description"] = ["What the shop needs"],
        ["hidden"] = ["true"],
    };

    private static readonly Dictionary<CheckType, string> Targets = new()
    {
        [CheckType.Http] = "https://www.example.org/",
        [CheckType.Tcp] = "db.example.org:5432",
        [CheckType.Icmp] = "192.0.2.1",
        [CheckType.Tls] = "mail.example.org:25",
        [CheckType.Dns] = "example.org",
        [CheckType.Push] = "",
    };

    public static Present PresentOf(TestMachine machine) => new()
    {
        Version = machine.State.Version,
        Resolvers = [.. machine.State.Resolvers],
        Checks = [.. machine.State.Checks.Values],
        Alerts = [.. machine.State.Alerts.Values],
        Windows = [.. machine.State.Windows.Values],
    };

    public static TestMachine Machine()
    {
        TestMachine machine = new();
        machine.Must(new Command { SetResolvers = new SetResolvers { Resolvers = { "192.0.2.53", "[2001:db8::53]:5353" } } });
        List<string> alerts = [];
        foreach (AlertKind kind in AlertSchema.All)
        {
            alerts.Add(machine.Must(new Command { PutAlert = new PutAlert { Alert = AlertOf(kind, references: true) } }));
            machine.Must(new Command { PutAlert = new PutAlert { Alert = AlertOf(kind, references: false) } });
        }

        string parent = machine.AddCheck("a parent: with colons, and 'quotes'");
        foreach (CheckType type in Kinds.CheckTypes)
        {
            Check check = CheckOf(type, bearer: false);
            check.AlertIds.Add(alerts[0]);
            check.SuppressAlertIds.Add(alerts[1]);
            check.ParentIds.Add(parent);
            string id = machine.Must(new Command { PutCheck = new PutCheck { Check = check } });
            machine.Must(new Command { PutWindow = new PutWindow { Window = new MaintenanceWindow { Name = $"of {type}", CheckIds = { id }, Tags = { "web" }, Cron = "30 2 * * 1", LastsMs = 60_000, Zone = "Europe/Berlin" } } });
        }

        machine.Must(new Command { PutCheck = new PutCheck { Check = CheckOf(CheckType.Http, bearer: true) } });
        machine.Must(new Command { PutWindow = new PutWindow { Window = new MaintenanceWindow { Name = "once", All = true, FromMs = TestMachine.Start, ToMs = TestMachine.Start + 3_600_123 } } });
        return machine;
    }

    private static Check CheckOf(CheckType type, bool bearer)
    {
        Check check = new()
        {
            Name = $"every {Kinds.Text(type)}{(bearer ? " with a token" : "")}", Type = type, Target = Targets[type], Enabled = !bearer, IntervalMs = 90_000, TimeoutMs = 1_500, Resolvers = { "192.0.2.54" },
        };
        string[] without = bearer ? ["user", "password"] : ["bearer"];
        foreach (CheckField field in CheckFields.For(type).Where(field => !without.Contains(field.Name)))
            Assert.Null(field.Take(check, type == CheckType.Tcp && field.Name == "expect" ? ["220 "] : Values[field.Name]));
        return check;
    }

    private static Alert AlertOf(AlertKind kind, bool references)
    {
        Alert alert = new()
        {
            Name = $"{kind.Word} {(references ? "by reference" : "in clear")}", Type = kind.Type, Enabled = references, IsDefault = !references, WatchesCluster = references, AfterMs = references ? 900_000 : 0,
            Subject = "{{ check.name }} #1", Body = "line one\nline two: {{ verb }}\n", MostPerHour = kind.KeepsIncidents ? 0 : 30,
        };
        alert.On.Add(references ? [CheckState.Down] : [CheckState.Down, CheckState.Degraded]);
        foreach (AlertField field in kind.Fields.Where(field => kind.Type != AlertType.Ntfy || field.Name is not ("user" or "password")))
            field.Set(alert, field.IsSecret && !references ? ClearOf(field) : field.Example);
        return alert;
    }

    private static string ClearOf(AlertField field) => field.Check("geheim-text") is null ? "geheim-text"
        : field.Check("123:geheim") is null ? "123:geheim" : "https://geheim.example.org/geheim";
}
