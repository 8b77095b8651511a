using Google.Protobuf.Collections;
using Uptrakit.Quorum.Alerts.Schema;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Configuration;

/// <summary>What there is, as a file that can be applied here or elsewhere: names in place of ids.</summary>
/// <param name="present">What there is.</param>
/// <param name="withSecrets">Whether secrets that stand in the state itself are written; else <see cref="Secrets.Kept"/> stands for them.</param>
internal sealed class DeclarationWriter(Present present, bool withSecrets)
{
    private readonly Dictionary<string, string> names = present.Alerts.Select(static alert => (alert.Id, alert.Name))
        .Concat(present.Checks.Select(static check => (check.Id, check.Name)))
        .Where(static pair => pair.Id.Length > 0)
        .ToDictionary(static pair => pair.Id, static pair => pair.Name);

    /// <summary>Whether resolvers are said to be what they are; what was taken over from elsewhere says nothing about them.</summary>
    public bool SaysResolvers { get; init; } = true;

    /// <summary>How many secrets were left out.</summary>
    public int LeftOut { get; private set; }

    public string Write(params IEnumerable<string> comments)
    {
        Alert[] alerts = [.. present.Alerts.OrderBy(static alert => alert.Name, StringComparer.Ordinal).Select(Shown)];
        Check[] checks = [.. present.Checks.OrderBy(static check => check.Name, StringComparer.Ordinal).Select(Shown)];
        MaintenanceWindow[] windows = [.. present.Windows.OrderBy(static window => window.Name, StringComparer.Ordinal).Select(Shown)];
        YamlWriter yaml = new(static value => value.EndsWith(Secrets.Kept, StringComparison.Ordinal) ? "in the cluster's state; 'qu export --secrets' writes it" : null);
        foreach (string comment in comments)
            yaml.Comment(comment);
        if (LeftOut > 0)
            yaml.Comment($"{Secrets.Kept} stands for a secret that is left out here. Applied to this cluster, it stays; for another one write it, or where it is.");
        if (SaysResolvers)
            yaml.Field("resolvers", present.Resolvers);
        yaml.Items("alerts", alerts, alert => ClusterYaml.Write(yaml, alert));
        yaml.Items("checks", checks, check => ClusterYaml.Write(yaml, check));
        yaml.Items("maintenance", windows, window => WindowYaml.Write(yaml, window));
        return yaml.ToString();
    }

    private Check Shown(Check check)
    {
        Check shown = check.Clone();
        shown.Id = "";
        Name(shown.AlertIds);
        Name(shown.SuppressAlertIds);
        Name(shown.ParentIds);
        foreach (CheckField field in CheckFields.For(check.Type).Where(static field => field.IsSecret))
            field.Set(shown, [.. field.Get(check).Select(value => Shown(field, value))]);
        return shown;
    }

    private Alert Shown(Alert alert)
    {
        Alert shown = alert.Clone();
        shown.Id = "";
        foreach (AlertField field in (AlertSchema.Of(alert.Type)?.Fields ?? []).Where(field => field.IsSecret && field.IsIn(alert)))
        {
            string text = field.Values(alert).FirstOrDefault() ?? Secrets.Shown(alert.Secrets[field.Name]);
            field.Set(shown, Shown(text));
        }

        return shown;
    }

    private MaintenanceWindow Shown(MaintenanceWindow window)
    {
        MaintenanceWindow shown = window.Clone();
        shown.Id = "";
        Name(shown.CheckIds);
        return shown;
    }

    private string Shown(CheckField field, string value)
    {
        string secret = field.SecretIn(value);
        if (secret.Length == 0)
            return value;
        return field.Shape == FieldShape.List ? $"{value[..value.IndexOf(':')]}: {Shown(secret)}" : Shown(secret);
    }

    private string Shown(string secret)
    {
        if (withSecrets || Secrets.IsReference(secret))
            return secret;
        LeftOut++;
        return Secrets.Kept;
    }

    private void Name(RepeatedField<string> references)
    {
        for (int i = 0; i < references.Count; i++)
            references[i] = names.GetValueOrDefault(references[i], references[i]);
    }
}
