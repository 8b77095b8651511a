using System.CommandLine;
using System.Globalization;
using Uptrakit.Cli.Connection;
using Uptrakit.Contracts.Api;

namespace Uptrakit.Cli.Commands;

/// <summary>`uptrakit audit list`.</summary>
internal static class AuditCommands
{
    // The bound of the API, said before the request is made.
    private const int MostEntries = 500;

    private const string Form = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    internal static void Fill(Verb group, CliEnvironment environment)
    {
        Option<int?> limit = Flags.Number("--limit", "how many entries (default 100)", 1, MostEntries);
        Option<string?> before = Flags.Checked("--before", "time", "only what is older, as 2026-03-01T12:00:00Z",
            text => TryTime(text, out _) ? null : $"'{text}' is not a time such as 2026-03-01T12:00:00Z");
        Verb list = new("list", "Show who did what, newest first",
            "uptrakit audit list", "uptrakit audit list --limit 500 --before 2026-03-01T12:00:00Z -o json");
        list.Add(limit);
        list.Add(before);
        group.Add(list.Asks(environment, (work, parsed, cancel) =>
        {
            List<string> query = [];
            if (parsed.GetValue(limit) is int most)
                query.Add($"limit={most}");
            if (TryTime(parsed.GetValue(before), out DateTimeOffset end))
                query.Add($"before={Uri.EscapeDataString(end.ToString("O", CultureInfo.InvariantCulture))}");
            string path = query.Count == 0 ? "audit" : $"audit?{string.Join('&', query)}";
            return work.ShowAsync(ApiRequest.Get(path), ApiJson.Default.AuditList, entries => Table(work, entries), cancel);
        }));
    }

    private static bool TryTime(string? text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text, ["O", Form, "yyyy-MM-dd'T'HH:mm:sszzz"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    private static void Table(ApiWork work, AuditList list)
    {
        TablePrinter table = new("AT", "ACTOR", "ACTION", "SUBJECT", "DETAIL");
        foreach (AuditEntryView entry in list.Items)
        {
            table.Add(entry.At.UtcDateTime.ToString(Form, CultureInfo.InvariantCulture),
                entry.Actor, entry.Action, entry.Subject, entry.Detail);
        }
        table.Print(work.Terminal);
    }
}
