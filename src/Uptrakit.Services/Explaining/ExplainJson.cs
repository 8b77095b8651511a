using System.Text.Json;
using Uptrakit.Contracts.Explain;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Services.Explaining;

/// <summary>The report for programs.</summary>
internal static class ExplainJson
{
    public static void Write(Utf8JsonWriter json, ExplainReport report)
    {
        json.WriteStartObject();
        json.WriteString("address", report.Address);
        json.WriteString("time", report.Time);
        if (report.ServerTime is { } theirs)
            json.WriteString("server_time", theirs);
        else
            json.WriteNull("server_time");
        json.WriteString("mode", ServerTrust.NameOf(report.Mode));
        json.WriteBoolean("name_enforced", report.NameEnforced);
        json.WriteString("unreachable", report.Unreachable);
        if (report.Unreachable is null)
            WriteSeen(json, report);
        json.WriteEndObject();
    }

    private static void WriteSeen(Utf8JsonWriter json, ExplainReport report)
    {
        json.WriteBoolean("name_matches", report.NameMatches);
        json.WriteString("pin", Snake(report.Pin.ToString()));
        json.WritePropertyName("decision");
        Write(json, report.Decision);
        json.WriteString("cause", Snake(report.Cause.ToString()));
        json.WriteString("cause_words", report.CauseWords);
        json.WriteString("next_step", report.NextStep);
        Write(json, "chain", report.Chain);
        Write(json, "served_bundle", report.ServedBundle);
        json.WriteString("bundle_fault", report.BundleFault);
        json.WriteStartArray("others");
        foreach (ExplainedDecision other in report.Others)
            Write(json, other);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ExplainedDecision? decision)
    {
        if (decision is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteString("mode", ServerTrust.NameOf(decision.Mode));
        json.WriteString("with", decision.With);
        if (decision.Accepted is { } accepted)
            json.WriteBoolean("accepted", accepted);
        else
            json.WriteNull("accepted");
        json.WriteString("refusal", decision.Refusal is ServerRefusal.None ? null : Snake(decision.Refusal.ToString()));
        json.WriteString("words", decision.Words);
        json.WriteString("anchor", decision.Anchor?.Fingerprint.ToString());
        json.WriteString("anchor_source", decision.AnchorSource is { } source ? Snake(source.ToString()) : null);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<ExplainedCertificate> certificates)
    {
        json.WriteStartArray(name);
        foreach (ExplainedCertificate certificate in certificates)
        {
            json.WriteStartObject();
            json.WriteString("subject", certificate.Subject);
            json.WriteString("issuer", certificate.Issuer);
            json.WriteString("fingerprint", certificate.Fingerprint.ToString());
            json.WriteString("spki", certificate.Spki?.ToString());
            json.WriteString("not_before", certificate.NotBefore);
            json.WriteString("not_after", certificate.NotAfter);
            Write(json, "names", certificate.Names);
            Write(json, "purposes", certificate.Purposes);
            json.WriteBoolean("authority", certificate.IsAuthority);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
