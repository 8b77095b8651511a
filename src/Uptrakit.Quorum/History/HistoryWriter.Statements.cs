using Microsoft.Data.Sqlite;

namespace Uptrakit.Quorum.History;

/// <content>What is said to the file again and again.</content>
internal sealed partial class HistoryWriter
{
    private sealed class Statements(SqliteConnection open) : IDisposable
    {
        private readonly Statement[] sheets =
            [.. Enum.GetValues<Resolution>().Select(r => new Statement(open, $"SELECT sheet FROM {r.Table()} WHERE key = ?1"))];

        private readonly Statement[] puts =
            [.. Enum.GetValues<Resolution>().Select(r => new Statement(open, $"INSERT OR REPLACE INTO {r.Table()} (key, sheet) VALUES (?1, ?2)"))];

        public Statement NewCheck { get; } = new(open, "INSERT INTO checks (id) VALUES (?1) RETURNING number");

        public Statement SetState { get; } = new(open, "UPDATE checks SET state = ?2, at_ms = ?3, since_ms = ?4 WHERE number = ?1");

        public Statement NewFlip { get; } = new(open, "INSERT INTO flips (number, at_ms, was, state) VALUES (?1, ?2, ?3, ?4)");

        public Statement OpenOutage { get; } = new(
            open,
            "INSERT INTO outages (number, from_ms, detail) SELECT ?1, ?2, ?3 WHERE NOT EXISTS (SELECT 1 FROM outages WHERE number = ?1 AND to_ms IS NULL)");

        public Statement EndOutage { get; } = new(open, "UPDATE outages SET to_ms = ?2 WHERE number = ?1 AND to_ms IS NULL");

        public Statement SetPlace { get; } = new(open, "UPDATE place SET position = ?1, cluster = ?2");

        public Statement SetRolledUp { get; } = new(open, "UPDATE place SET hours = ?1, days = ?2");

        public Statement SheetOf(Resolution resolution) => sheets[(int)resolution];

        public Statement Put(Resolution resolution) => puts[(int)resolution];

        public void Dispose()
        {
            foreach (Statement statement in (Statement[])[.. sheets, .. puts, NewCheck, SetState, NewFlip, OpenOutage, EndOutage, SetPlace, SetRolledUp])
                statement.Dispose();
        }
    }
}
