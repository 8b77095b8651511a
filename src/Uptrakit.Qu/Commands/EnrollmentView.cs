using System.Text.Json;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Commands;

/// <summary>Outstanding enrollments. Neither a token nor a secret is in the state, so none can be shown.</summary>
internal static class EnrollmentView
{
    internal static void WriteTable(Terminal terminal, IEnumerable<PendingEnrollment> enrollments, TimeProvider clock)
    {
        TablePrinter table = new("ID", "NAME", "ROLE", "APPROVAL", "STATE", "EXPIRES", "CLAIMED BY", "FINGERPRINT");
        foreach (PendingEnrollment one in enrollments)
        {
            table.Add(one.Id, one.Name, StateWords.Of(one.Role), one.AutoApprove ? "auto" : "manual", StateOf(one, clock),
                Times.Until(clock, one.ExpiresMs), one.Claim is null ? "" : $"{one.Claim.NodeId} {one.Claim.Advertise}",
                FingerprintOf(one.Claim) ?? "");
        }
        table.Print(terminal);
    }

    internal static void WriteJson(Terminal terminal, IEnumerable<PendingEnrollment> enrollments, TimeProvider clock) =>
        terminal.WriteArray(enrollments, (json, one) =>
        {
            json.WriteString("id", one.Id);
            json.WriteText("name", one.Name);
            json.WriteString("role", StateWords.Of(one.Role));
            json.WriteBoolean("auto_approve", one.AutoApprove);
            json.WriteString("state", StateOf(one, clock));
            json.WriteTime("created_at", one.CreatedMs);
            json.WriteTime("expires_at", one.ExpiresMs);
            json.WriteText("created_by", one.CreatedBy);
            WriteClaim(json, one.Claim);
        });

    private static void WriteClaim(Utf8JsonWriter json, EnrollmentClaim? claim)
    {
        if (claim is null)
        {
            json.WriteNull("claim");
            return;
        }
        json.WriteStartObject("claim");
        json.WriteString("node_id", claim.NodeId);
        json.WriteString("advertise", claim.Advertise);
        json.WriteString("fingerprint", FingerprintOf(claim));
        json.WriteTime("claimed_at", claim.ClaimedMs);
        json.WriteEndObject();
    }

    private static string StateOf(PendingEnrollment one, TimeProvider clock) =>
        one.ExpiresMs <= clock.GetUtcNow().ToUnixTimeMilliseconds() ? "expired" : one.Claim is null ? "open" : "claimed";

    private static string? FingerprintOf(EnrollmentClaim? claim) =>
        claim?.Key is PeerKey key ? Daemon.TrustView.FingerprintOf(key) : null;
}
