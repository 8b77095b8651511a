using System.Globalization;
using System.Security.Cryptography;
using Uptrakit.Quorum.Alerts.Schema;
using Uptrakit.Trust.Text;

namespace Uptrakit.Quorum.State;

/// <summary><c>cluster.yaml</c>: the readable view of the state, and the edits people make in it.</summary>
internal static partial class ClusterYaml
{
    public const int MaxBytes = 32 * 1024 * 1024;

    public static string Render(ClusterView view)
    {
        YamlWriter yaml = new();
        yaml.Comment("The cluster's configuration as this node has applied it. It is written anew after every change.");
        yaml.Comment("You may edit resolvers, checks, alerts and maintenance here, on any node; save, and the change is proposed to the");
        yaml.Comment("cluster. What is new needs no id. Comments of your own are not kept.");
        yaml.Comment("Leave 'version' as it is: it tells which version you edited. What others changed meanwhile stays, and if");
        yaml.Comment("both changed the same object, your edit is refused as a whole and kept in a file beside this one.");
        yaml.Comment("Members and enrollments are changed with 'qu node' and 'qu enroll'.");
        if (view.ClusterId.Length > 0)
            yaml.Field("cluster_id", view.ClusterId);
        yaml.Field("version", view.Version);
        yaml.Plain("updated_at", Time(view.UpdatedMs));
        yaml.Field("updated_by", view.UpdatedBy);
        yaml.Field("resolvers", view.Resolvers);
        yaml.Items("peers", view.Peers, peer => Write(yaml, peer));
        yaml.Items("checks", view.Checks, check => Write(yaml, check));
        yaml.Items("alerts", view.Alerts, alert => Write(yaml, alert));
        yaml.Items("maintenance", view.Windows, window => WindowYaml.Write(yaml, window));
        yaml.Items("pending_enrollments", view.Enrollments, enrollment => Write(yaml, enrollment));
        return yaml.ToString();
    }

    private static void Write(YamlWriter yaml, Peer peer)
    {
        yaml.Field("node_id", peer.NodeId);
        yaml.Field("advertise", peer.Advertise);
        yaml.Plain("role", Kinds.Text(peer.Role));
        if (peer.Keys.Count > 0)
        {
            yaml.Plain("fingerprint", Fingerprint(peer.Keys[^1]));
            if (peer.Keys.Count > 1)
                yaml.Field("fingerprints", [.. peer.Keys.Select(Fingerprint)]);
            yaml.Block("cert_pem", PemEncoding.WriteString("CERTIFICATE", peer.Keys[^1].Certificate.Span));
        }

        yaml.Field("joined", peer.Joined);
    }

    internal static void Write(YamlWriter yaml, Check check)
    {
        if (check.Id.Length > 0)
            yaml.Field("id", check.Id);
        yaml.Field("name", check.Name);
        yaml.Plain("type", Kinds.Text(check.Type));
        yaml.Field("enabled", check.Enabled);
        yaml.Field("target", check.Target);
        yaml.Plain("interval", Durations.Format(check.IntervalMs));
        yaml.Plain("timeout", Durations.Format(check.TimeoutMs));
        foreach (CheckField field in CheckFields.For(check.Type))
            Write(yaml, field, field.Get(check));
        if (check.AlertIds.Count > 0)
            yaml.Field("alerts", check.AlertIds);
        if (check.SuppressAlertIds.Count > 0)
            yaml.Field("suppress_alerts", check.SuppressAlertIds);
        if (check.ParentIds.Count > 0)
            yaml.Field("parents", check.ParentIds);
        if (check.Resolvers.Count > 0)
            yaml.Field("resolvers", check.Resolvers);
    }

    private static void Write(YamlWriter yaml, CheckField field, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
            return;
        if (field.Shape == FieldShape.List)
            yaml.Field(field.Name, values);
        else if (field.Shape == FieldShape.Text && !values[0].All(char.IsAsciiDigit))
            yaml.Field(field.Name, values[0]);
        else
            yaml.Plain(field.Name, values[0]);
    }

    internal static void Write(YamlWriter yaml, Alert alert)
    {
        if (alert.Id.Length > 0)
            yaml.Field("id", alert.Id);
        yaml.Field("name", alert.Name);
        yaml.Plain("type", Kinds.Text(alert.Type));
        yaml.Field("enabled", alert.Enabled);
        if (alert.IsDefault)
            yaml.Field("default", true);
        if (alert.WatchesCluster)
            yaml.Field("watches_cluster", true);
        foreach (AlertField field in AlertSchema.Of(alert.Type)?.Fields ?? [])
            Write(yaml, field, alert);
        if (alert.On.Count > 0)
            yaml.Field("on", [.. alert.On.Select(Kinds.Text)]);
        if (alert.AfterMs > 0)
            yaml.Plain("after", Durations.Format(alert.AfterMs));
        if (alert.MostPerHour > 0)
            yaml.Field("most_per_hour", alert.MostPerHour);
        if (alert.Subject.Length > 0)
            yaml.Field("subject", alert.Subject);
        if (alert.Body.Length > 0)
            yaml.Field("body", alert.Body);
    }

    private static void Write(YamlWriter yaml, AlertField field, Alert alert)
    {
        if (!field.IsIn(alert))
            return;
        string[] values = [.. field.Values(alert)];
        if (field.IsList)
            yaml.Field(field.Name, values);
        else if (values.Length == 0)
            yaml.Field(field.Name, Secrets.Shown(alert.Secrets[field.Name]));
        else if (values[0].All(char.IsAsciiDigit))
            yaml.Plain(field.Name, values[0]);
        else
            yaml.Field(field.Name, values[0]);
    }

    private static void Write(YamlWriter yaml, PendingEnrollment enrollment)
    {
        yaml.Field("id", enrollment.Id);
        if (enrollment.Name.Length > 0)
            yaml.Field("name", enrollment.Name);
        yaml.Plain("role", Kinds.Text(enrollment.Role));
        yaml.Field("auto_approve", enrollment.AutoApprove);
        yaml.Field("public_key", enrollment.PublicKey.ToBase64());
        yaml.Plain("created_at", Time(enrollment.CreatedMs));
        yaml.Plain("expires_at", Time(enrollment.ExpiresMs));
        yaml.Field("created_by", enrollment.CreatedBy);
        if (enrollment.Claim is { } claim)
            yaml.Map("claim", () => Write(yaml, claim));
    }

    private static void Write(YamlWriter yaml, EnrollmentClaim claim)
    {
        yaml.Field("node_id", claim.NodeId);
        yaml.Field("advertise", claim.Advertise);
        if (claim.Key is { } key)
            yaml.Plain("fingerprint", Fingerprint(key));
    }

    private static string Fingerprint(PeerKey key) => "sha256:" + Convert.ToHexStringLower(key.SpkiSha256.Span);

    private static string Time(long milliseconds) => Moments.Of(milliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
