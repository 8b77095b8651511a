using System.Text.Json;
using Uptrakit.Qu.Control;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Qu.Commands;

/// <summary>What several answers about the past have in common.</summary>
internal static class HistoryShapes
{
    /// <summary>0 to 1; null where nothing is known of the whole time. Maintenance and ignorance are left out.</summary>
    internal static double? Share(this CheckHistory past) =>
        past.UpMs + past.DownMs > 0 ? (double)past.UpMs / (past.UpMs + past.DownMs) : null;

    internal static double? Share(this ProbeSum sum) => sum.Count > 0 ? (double)(sum.Count - sum.Failures) / sum.Count : null;

    internal static void WriteShare(this Utf8JsonWriter json, string name, CheckHistory? past)
    {
        if (past?.Share() is { } share)
            json.WriteNumber(name, Math.Round(share, 6));
        else
            json.WriteNull(name);
    }

    internal static void WriteMilliseconds(this Utf8JsonWriter json, string name, long us) => json.WriteNumber(name, Math.Round(us / 1000.0, 3));

    internal static void WriteOutages(this Utf8JsonWriter json, CheckHistory? past)
    {
        json.WriteStartArray("outages");
        foreach (OutageRow outage in past?.Outages ?? [])
        {
            json.WriteStartObject();
            json.WriteTime("from", outage.FromMs);
            json.WriteTime("to", outage.ToMs);
            if (outage.ToMs > 0)
                json.WriteNumber("duration_ms", outage.ToMs - outage.FromMs);
            else
                json.WriteNull("duration_ms");
            json.WriteString("detail", outage.Detail);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    internal static void WriteSum(this Utf8JsonWriter json, ProbeSum sum)
    {
        json.WriteNumber("probes", sum.Count);
        json.WriteNumber("failures", sum.Failures);
        json.WriteNumber("warnings", sum.Warnings);
        json.WriteMilliseconds("mean_ms", sum.MeanUs);
        json.WriteMilliseconds("least_ms", sum.LeastUs);
        json.WriteMilliseconds("most_ms", sum.MostUs);
        json.WriteMilliseconds("p50_ms", sum.P50Us);
        json.WriteMilliseconds("p95_ms", sum.P95Us);
        json.WriteMilliseconds("p99_ms", sum.P99Us);
    }
}
