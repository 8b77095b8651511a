using System.Globalization;
using Uptrakit.Cli.Connection;
using Uptrakit.Contracts.Api;

namespace Uptrakit.Cli.Commands;

/// <summary>`uptrakit audit list`.</summary>
internal static class AuditCommands
{
    internal static void Fill(Verb group, CliEnvironment environment) => group.Add(
        new Verb("list", "Show who did what, newest first", "uptrakit audit list", "uptrakit audit list -o json")
            .Asks(environment, (work, _, cancel) => work.ShowAsync(
                ApiRequest.Get("audit"), ApiJson.Default.AuditList, list => Table(work, list), cancel)));

    private static void Table(ApiWork work, AuditList list)
    {
        TablePrinter table = new("AT", "ACTOR", "ACTION", "SUBJECT", "DETAIL");
        foreach (AuditEntryView entry in list.Items)
        {
            table.Add(entry.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                entry.Actor, entry.Action, entry.Subject, entry.Detail);
        }
        table.Print(work.Terminal);
    }
}
