using System.Text;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Configuration.Import;

/// <summary>What another program's file becomes: objects that are valid here, and one line for each thing that was left out.</summary>
internal sealed class Imported
{
    private const int MaxNotes = 1000;
    private const int MostChecks = 50_000;

    private readonly List<string> notes = [];
    private readonly List<Alert> alerts = [];
    private readonly List<Check> checks = [];
    private readonly List<MaintenanceWindow> windows = [];
    private readonly Dictionary<string, int> alertNames = [];
    private readonly Dictionary<string, int> checkNames = [];
    private readonly Dictionary<string, int> windowNames = [];

    /// <summary>Why the file is none of that program's; null when it was read.</summary>
    public string? Fault { get; init; }

    public IReadOnlyList<string> Notes => notes;

    public IReadOnlyList<Check> Checks => checks;

    public IReadOnlyList<Alert> Alerts => alerts;

    public Present Present => new() { Checks = checks, Alerts = alerts, Windows = windows };

    /// <summary>How many secrets it holds in clear.</summary>
    public int CountClearSecrets() => alerts.SelectMany(SecretSlots.Of).Concat(checks.SelectMany(SecretSlots.Of)).Count(static slot => slot.IsClear);

    /// <summary>Says what was left out. A hostile file has millions of such things; a thousand are enough.</summary>
    public void Note(string line)
    {
        if (notes.Count < MaxNotes)
            notes.Add(line);
        else if (notes.Count == MaxNotes)
            notes.Add("more was left out; only the first thousand are told");
    }

    /// <summary>A name that is allowed and not taken.</summary>
    public string NameOfCheck(string? wanted) => Unique(wanted, "check", checkNames);

    /// <inheritdoc cref="NameOfCheck"/>
    public string NameOfAlert(string? wanted) => Unique(wanted, "alert", alertNames);

    /// <inheritdoc cref="NameOfCheck"/>
    public string NameOfWindow(string? wanted) => Unique(wanted, "maintenance", windowNames);

    public bool Add(Alert alert)
    {
        if (Validation.FaultOf(alert) is { } fault)
            return Refuse($"alert '{alert.Name}'", fault, alertNames, alert.Name);
        alerts.Add(alert);
        return true;
    }

    public bool Add(Check check)
    {
        CheckFields.Tidy(check);
        string? fault = checks.Count < MostChecks ? Validation.FaultOf(check) ?? OptionFaults.Of(check) : $"there are more than {MostChecks}";
        if (fault is not null)
            return Refuse($"check '{check.Name}'", fault, checkNames, check.Name);
        checks.Add(check);
        return true;
    }

    public bool Add(MaintenanceWindow window)
    {
        if (MaintenanceWindows.FaultOf(window) is { } fault)
            return Refuse($"maintenance '{window.Name}'", fault, windowNames, window.Name);
        windows.Add(window);
        return true;
    }

    /// <summary>Sets an option of a check if it may have it; else it is told, and the check goes without.</summary>
    public void Set(Check check, string field, params IReadOnlyList<string> values)
    {
        CheckField option = CheckFields.Find(field)!;
        if (option.Take(check, values) is { } fault)
            Note($"check '{check.Name}': {fault}");
    }

    /// <summary>A variable of the other program as one that our daemon may read, which the operator must set.</summary>
    public string Variable(string name, string whose)
    {
        string ours = $"QUPTIME_SECRET_{name}";
        Note($"{whose}: set the variable {ours} for the daemon of every node, to what {name} was");
        return $"{Secrets.Variable}{ours}";
    }

    private bool Refuse(string what, string fault, Dictionary<string, int> names, string name)
    {
        names.Remove(name);
        Note($"{what} is left out: {fault}");
        return false;
    }

    private static string Unique(string? wanted, string otherwise, Dictionary<string, int> taken)
    {
        string name = Clean(wanted ?? "");
        if (Names.FaultOf(name) is not null)
            name = Clean($"{otherwise} {name}");
        string unique = name;
        // Where it stopped looking last time is kept: a file may have a hundred thousand of one name.
        for (int n = taken.GetValueOrDefault(name, 1); taken.ContainsKey(unique); n++)
        {
            taken[name] = n + 1;
            unique = $"{Cut(name, Names.MaxLength - 8)} {n + 1}";
        }

        taken[unique] = 1;
        return unique;
    }

    private static string Clean(string text)
    {
        StringBuilder name = new();
        foreach (Rune rune in text.EnumerateRunes().Take(4 * Names.MaxLength))
            name.Append(Names.IsHidden(rune.Value) ? " " : rune.ToString());
        return Cut(name.ToString().Trim().TrimStart('-'), Names.MaxLength).Trim();
    }

    private static string Cut(string text, int runes) => string.Concat(text.EnumerateRunes().Take(runes));
}
