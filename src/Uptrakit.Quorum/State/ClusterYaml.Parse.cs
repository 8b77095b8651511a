using Uptrakit.Quorum.Alerts.Schema;

namespace Uptrakit.Quorum.State;

internal static partial class ClusterYaml
{
    /// <summary>Reads an edited file strictly; every fault comes with its line and column.</summary>
    public static bool TryParse(string text, out ClusterEdit? edit, out IReadOnlyList<YamlFault> faults)
    {
        YamlFaults found = new();
        faults = found.Found;
        edit = null;
        if (!YamlTree.TryRead(text, MaxBytes, found, out YamlMap? root))
            return false;

        YamlFields document = new(root!, found);
        document.RefuseOthers("cluster_id", "version", "updated_at", "updated_by", "resolvers", "peers", "checks", "alerts",
            "maintenance", "pending_enrollments");
        // A section that is missing could mean none, or that somebody cut too much. Ask.
        foreach (string name in (ReadOnlySpan<string>)["version", "resolvers", "checks", "alerts"])
        {
            if (!document.Has(name))
                found.Add(null, $"'{name}' is missing" + (name == "version" ? "" : $"; write '{name}: []' for none"));
        }

        ClusterEdit read = new(
            document.Number("version") ?? 0,
            document.Texts("resolvers") ?? [],
            [.. document.Items("checks").Select(ReadCheck)],
            [.. document.Items("alerts").Select(ReadAlert)],
            document.Has("maintenance") ? [.. document.Items("maintenance").Select(WindowYaml.Read)] : null,
            document);
        CheckMachineSections(document);
        if (found.Count > 0)
            return false;
        edit = read;
        return true;
    }

    internal static Edited<Check> ReadCheck(YamlFields at)
    {
        CheckType type = ReadCheckType(at);
        // Of a type that is not known, every field may be right.
        IEnumerable<CheckField> fields = type == CheckType.Unspecified ? CheckFields.Table : CheckFields.For(type);
        at.RefuseOthers([.. CommonFields, .. fields.Select(static field => field.Name)],
            name => CheckFields.Find(name) is { } other && type != CheckType.Unspecified
                ? $"is for {string.Join(", ", other.Types.Select(Kinds.Text))} checks, not for {Kinds.Text(type)}"
                : null);
        at.Require(type == CheckType.Push ? ["name", "type"] : ["name", "type", "target"]);
        long interval = at.Milliseconds("interval") ?? (long)Validation.DefaultInterval.TotalMilliseconds;
        TimeSpan timeout = Validation.DefaultTimeoutFor(TimeSpan.FromTicks(interval * TimeSpan.TicksPerMillisecond));
        Check check = new()
        {
            Id = at.Text("id") ?? "",
            Name = at.Text("name") ?? "",
            Type = type,
            Enabled = at.Flag("enabled") ?? true,
            Target = at.Text("target") ?? "",
            IntervalMs = interval,
            TimeoutMs = at.Milliseconds("timeout") ?? (long)timeout.TotalMilliseconds,
        };
        foreach (CheckField field in CheckFields.For(type))
            Read(at, field, check);
        CheckFields.Tidy(check);
        check.ParentIds.Add(at.Texts("parents") ?? []);
        check.AlertIds.Add(at.Texts("alerts") ?? []);
        check.SuppressAlertIds.Add(at.Texts("suppress_alerts") ?? []);
        check.Resolvers.Add(at.Texts("resolvers") ?? []);
        return new Edited<Check>(check, at);
    }

    private static readonly string[] CommonFields =
        ["id", "name", "type", "enabled", "target", "interval", "timeout", "alerts", "suppress_alerts", "parents", "resolvers"];

    private static void Read(YamlFields at, CheckField field, Check check)
    {
        if (!at.Has(field.Name))
            return;
        IReadOnlyList<string>? values = field.Shape == FieldShape.List ? at.Texts(field.Name) : at.Text(field.Name) is { } text ? [text] : null;
        // A switch that is off and a number that is 0 are what they are when nothing is said.
        if (values is not null && field.Take(check, values) is { } fault)
            at.Fault(field.Name, fault[(field.Name.Length + 2)..]);
    }

    internal static Edited<Alert> ReadAlert(YamlFields at)
    {
        AlertType type = ReadAlertType(at);
        AlertKind? kind = AlertSchema.Of(type);
        IEnumerable<AlertField> fields = kind?.Fields ?? AlertSchema.All.SelectMany(static other => other.Fields);
        at.RefuseOthers([.. AlertFields, .. fields.Select(static field => field.Name)],
            name => kind is not null && AlertSchema.All.Where(other => other.Fields.Any(field => field.Name == name)).Select(static other => other.Word).ToList() is { Count: > 0 } others
                ? $"is for {string.Join(", ", others)} alerts, not for {kind.Word}"
                : null);
        at.Require("name", "type");
        Alert alert = new()
        {
            Id = at.Text("id") ?? "",
            Name = at.Text("name") ?? "",
            Type = type,
            Enabled = at.Flag("enabled") ?? true,
            IsDefault = at.Flag("default") ?? false,
            WatchesCluster = at.Flag("watches_cluster") ?? false,
            AfterMs = at.Milliseconds("after") ?? 0,
            MostPerHour = (int)Math.Min(at.Number("most_per_hour") ?? 0, int.MaxValue),
            Subject = at.Text("subject") ?? "",
            Body = at.Text("body") ?? "",
        };
        foreach (string word in at.Texts("on") ?? [])
        {
            if (Kinds.TryParse(word, out CheckState state))
                alert.On.Add(state);
            else
                at.Fault("on", $"'{Validation.Shown(word)}' is not known; {string.Join(", ", Kinds.ToldStates.Select(Kinds.Text))} are allowed");
        }

        foreach (AlertField field in kind?.Fields ?? [])
            Read(at, field, alert);
        return new Edited<Alert>(alert, at);
    }

    private static readonly string[] AlertFields =
        ["id", "name", "type", "enabled", "default", "watches_cluster", "on", "after", "most_per_hour", "subject", "body"];

    private static void Read(YamlFields at, AlertField field, Alert alert)
    {
        if (!at.Has(field.Name))
            return;
        IReadOnlyList<string> values = field.IsList && at.At(field.Name) is YamlList ? at.Texts(field.Name) ?? [] : at.Text(field.Name) is { } text ? [text] : [];
        string value = values.Count > 0 ? values[0] : "";
        // In clear where the first version kept them: a node of that version still understands its two types.
        bool older = field.IsSecret && Secrets.Of(value).Sealed.IsEmpty && !Secrets.IsReference(value);
        if (older && field.Name == "url")
            alert.Url = value;
        else if (older && field.Name == "secret")
            alert.Secret = value;
        else
            field.Set(alert, values);
    }

    private static CheckType ReadCheckType(YamlFields at)
    {
        string? text = at.Text("type");
        if (!Kinds.TryParse(text, out CheckType type) && text is not null)
            at.Fault("type", $"'{Validation.Shown(text)}' is not known; {string.Join(", ", Kinds.CheckTypes.Select(Kinds.Text))} are allowed");
        return type;
    }

    private static AlertType ReadAlertType(YamlFields at)
    {
        string? text = at.Text("type");
        if (!Kinds.TryParse(text, out AlertType type) && text is not null)
            at.Fault("type", $"'{Validation.Shown(text)}' is not known; {string.Join(", ", Kinds.AlertTypes.Select(Kinds.Text))} are allowed");
        return type;
    }

    // What the cluster itself writes is compared later; here only its shape is read.
    private static void CheckMachineSections(YamlFields document)
    {
        _ = document.Text("cluster_id");
        _ = document.Text("updated_at");
        _ = document.Text("updated_by");
        foreach (YamlFields peer in document.Items("peers"))
            peer.RefuseOthers("node_id", "advertise", "role", "fingerprint", "fingerprints", "cert_pem", "joined");
        foreach (YamlFields enrollment in document.Items("pending_enrollments"))
        {
            enrollment.RefuseOthers("id", "name", "role", "auto_approve", "public_key", "created_at", "expires_at", "created_by",
                "claim");
        }
    }
}
