namespace Uptrakit.Cli.Output;

/// <summary>One thing as people read it: a name and a value on each line.</summary>
internal sealed class FieldPrinter(Terminal terminal)
{
    private readonly List<(string Name, Cell Value)> fields = [];

    /// <summary>A field without a value is shown as "-".</summary>
    internal void Add(string name, string? value, Tone tone = Tone.Plain) =>
        fields.Add((name, new Cell(string.IsNullOrEmpty(value) ? "-" : value, tone)));

    internal void Print()
    {
        int width = fields.Max(field => field.Name.Length) + 2;
        foreach ((string name, Cell value) in fields)
            terminal.Out.Write($"{terminal.Paint(name.PadRight(width), Tone.Faint)}{terminal.Paint(Plain.Line(value.Text), value.Tone)}\n");
    }
}
