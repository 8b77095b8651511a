using System.Text;

namespace Uptrakit.CommandLine;

/// <summary>A value in a table.</summary>
public readonly record struct Cell(string Text, Tone Tone = Tone.Plain)
{
    public static implicit operator Cell(string? text) => new(text ?? "");
}

/// <summary>Rows in aligned columns, two spaces apart, as wide as their widest value.</summary>
public sealed class TablePrinter(params string[] headings)
{
    private const int Piece = 16 * 1024;
    private readonly List<Cell[]> rows = [];

    public void Add(params ReadOnlySpan<Cell> cells)
    {
        Cell[] row = new Cell[headings.Length];
        for (int i = 0; i < row.Length; i++)
        {
            string text = i < cells.Length ? Plain.Line(cells[i].Text) : "";
            row[i] = new Cell(text.Length == 0 ? "-" : text, i < cells.Length ? cells[i].Tone : Tone.Plain);
        }
        rows.Add(row);
    }

    public void Print(Terminal terminal)
    {
        int[] widths = Widths();
        // Many rows at once: a console flushes each write, and there may be ten thousand of them.
        StringBuilder table = new(2 * Piece);
        Append(table, terminal, [.. headings.Select(heading => new Cell(heading, Tone.Faint))], widths);
        foreach (Cell[] row in rows)
        {
            Append(table, terminal, row, widths);
            if (table.Length < Piece)
                continue;
            terminal.Out.Write(table);
            table.Clear();
        }

        terminal.Out.Write(table);
    }

    private int[] Widths()
    {
        int[] widths = [.. headings.Select(Plain.WidthOf)];
        foreach (Cell[] row in rows)
        {
            for (int i = 0; i < row.Length; i++)
                widths[i] = Math.Max(widths[i], Plain.WidthOf(row[i].Text));
        }
        return widths;
    }

    private static void Append(StringBuilder table, Terminal terminal, Cell[] row, int[] widths)
    {
        for (int i = 0; i < row.Length; i++)
        {
            table.Append(terminal.Paint(row[i].Text, row[i].Tone));
            // No trailing blanks: they wrap on a narrow terminal and spoil a diff.
            if (i < row.Length - 1)
                table.Append(' ', widths[i] - Plain.WidthOf(row[i].Text) + 2);
        }
        table.Append('\n');
    }
}
