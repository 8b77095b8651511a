using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Uptrakit.Tests.Trust.Verification;

/// <summary>Reads the vectors: <c>limbo.json</c> overlaid with <c>webpki-exceptions.json</c>.</summary>
internal static class Limbo
{
    private const string Vectors = "limbo.json";
    private const string Exceptions = "webpki-exceptions.json";

    // For the cases that leave the time open: when the vectors were made.
    private static readonly DateTimeOffset AnyTime = new(2026, 11, 22, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The folder of UPTRAKIT_LIMBO, else the nearest <c>shared/x509</c> above this file.</summary>
    public static bool TryFindFolder(out string folder, [CallerFilePath] string here = "")
    {
        folder =
            Environment.GetEnvironmentVariable("UPTRAKIT_LIMBO") ?? Above(here, Path.Combine("shared", "x509"), Vectors) ?? "";
        return File.Exists(Path.Combine(folder, Vectors));
    }

    public static IReadOnlyList<LimboCase> Load(string folder)
    {
        using JsonDocument vectors = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, Vectors)));
        using JsonDocument exceptions = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, Exceptions)));
        return
        [
            .. vectors
                .RootElement.GetProperty("testcases")
                .EnumerateArray()
                .Where(c => c.GetProperty("validation_kind").GetString() == "SERVER")
                .Where(c => c.GetProperty("max_chain_depth").ValueKind == JsonValueKind.Null)
                .Select(c => Read(c, exceptions.RootElement)),
        ];
    }

    /// <summary>The rows of the table in <c>docs/conformance.md</c>: case and refusal.</summary>
    public static SortedSet<string> DocumentedStricter([CallerFilePath] string here = "")
    {
        string docs = Above(here, "docs", "conformance.md") ?? throw new FileNotFoundException("docs/conformance.md");
        return new SortedSet<string>(
            File.ReadLines(Path.Combine(docs, "conformance.md"))
                .Where(l => l.StartsWith("| `", StringComparison.Ordinal) && l.Contains("::", StringComparison.Ordinal))
                .Select(l => l.Split('|'))
                .Select(cells => $"{cells[1].Trim().Trim('`')} {cells[2].Trim().Trim('`')}"),
            StringComparer.Ordinal
        );
    }

    private static LimboCase Read(JsonElement c, JsonElement exceptions)
    {
        string id = c.GetProperty("id").GetString()!;
        string expected = exceptions.TryGetProperty(id, out JsonElement other)
            ? other.GetProperty("actual").GetString()!
            : c.GetProperty("expected_result").GetString()!;
        JsonElement name = c.GetProperty("expected_peer_name");
        return new LimboCase(
            id,
            expected == "SUCCESS",
            c.GetProperty("peer_certificate").GetString()!,
            Texts(c.GetProperty("untrusted_intermediates")),
            Texts(c.GetProperty("trusted_certs")),
            Texts(c.GetProperty("crls")),
            name.ValueKind == JsonValueKind.Null ? null : name.GetProperty("value").GetString(),
            c.GetProperty("validation_time").GetString() is { } time
                ? DateTimeOffset.Parse(time, CultureInfo.InvariantCulture)
                : AnyTime
        );
    }

    private static string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(e => e.GetString()!)];

    private static string? Above(string here, string folder, string file)
    {
        for (string? at = Path.GetDirectoryName(here); at is not null; at = Path.GetDirectoryName(at))
        {
            if (File.Exists(Path.Combine(at, folder, file)))
                return Path.Combine(at, folder);
        }

        return null;
    }
}
