using System.Globalization;
using Uptrakit.Trust.Text;

namespace Uptrakit.Quorum.State;

/// <summary>How the values of an option are written.</summary>
internal enum FieldShape
{
    Text,
    Flag,
    Number,
    Duration,
    List,
}

/// <summary>
/// One option of a check: its name in files (<c>body_match</c>) and on the command line (<c>--body-match</c>), for which types it is, and how it
/// is read, shown and judged. Files, commands and validation all go by this table, so that none of them knows an option that another does not.
/// </summary>
/// <param name="Name">In files.</param>
/// <param name="Types">The types it is for; empty for all.</param>
/// <param name="Shape">How its values are written.</param>
/// <param name="ValueName">What help calls a value.</param>
/// <param name="Help">One line.</param>
/// <param name="Get">Its values as text; none when it is not set.</param>
/// <param name="Set">Takes values that were judged; none unsets it.</param>
/// <param name="FaultOf">What is wrong with one value, without the name in front; null when nothing is.</param>
internal sealed record CheckField(
    string Name,
    CheckType[] Types,
    FieldShape Shape,
    string ValueName,
    string Help,
    Func<Check, IReadOnlyList<string>> Get,
    Action<Check, IReadOnlyList<string>> Set,
    Func<string, string?> FaultOf)
{
    /// <summary>Values that may hold a secret: they are shown to nobody who did not write them.</summary>
    public bool IsSecret { get; init; }

    /// <summary>What is wrong with a value for a check of that type, where the type makes a difference.</summary>
    public Func<CheckType, string, string?> FaultFor { get; init; } = static (_, _) => null;

    /// <summary>On the command line several values may stand in one, with commas between them.</summary>
    public bool Splits { get; init; }

    /// <summary>The most values it takes.</summary>
    public int Most { get; init; } = 1;

    /// <summary>Its name on the command line, where the one in files is taken: --json is how every command prints.</summary>
    public string FlagName { get; init; } = "";

    public string Flag => "--" + (FlagName.Length > 0 ? FlagName : Name.Replace('_', '-'));

    /// <summary>Of a value of a secret field, what is secret: of a header, what stands behind its name.</summary>
    public string SecretIn(string value) => Shape == FieldShape.List ? value[(value.IndexOf(':') + 1)..].Trim() : value;

    public bool IsFor(CheckType type) => Types.Length == 0 || Types.Contains(type);

    /// <summary>Judges and takes the values; the answer is a sentence that begins with the name, or null.</summary>
    public string? Take(Check check, IReadOnlyList<string> values)
    {
        if (values.Count > 0 && !IsFor(check.Type))
            return $"{Name}: is for {string.Join(", ", Types.Select(Kinds.Text))} checks, not for {Kinds.Text(check.Type)}";
        if (FaultOfValues(check.Type, values) is { } fault)
            return fault;
        Set(check, values);
        return null;
    }

    /// <summary>What is wrong with what the check has; null when nothing is.</summary>
    public string? FaultIn(Check check)
    {
        IReadOnlyList<string> values = Get(check);
        return values.Count > 0 && !IsFor(check.Type)
            ? $"{Name}: is for {string.Join(", ", Types.Select(Kinds.Text))} checks, not for {Kinds.Text(check.Type)}"
            : FaultOfValues(check.Type, values);
    }

    private string? FaultOfValues(CheckType type, IReadOnlyList<string> values)
    {
        if (values.Count > Most)
            return $"{Name}: {values.Count} are given; at most {Most} are allowed";
        return values.Select(value => FaultOf(value) ?? FaultFor(type, value)).FirstOrDefault(static fault => fault is not null) is { } fault ? $"{Name}: {fault}" : null;
    }

    public static CheckField Text(
        string name, CheckType[] types, string valueName, string help, Func<Check, string> get, Action<Check, string> set, Func<string, string?> faultOf) =>
        new(name, types, FieldShape.Text, valueName, help,
            check => get(check) is { Length: > 0 } value ? [value] : [],
            (check, values) => set(check, values.Count > 0 ? values[0] : ""),
            value => value.Length == 0 ? null : faultOf(value));

    public static CheckField Number(
        string name, CheckType[] types, string valueName, string help, int least, int most, Func<Check, int> get, Action<Check, int> set) =>
        new(name, types, FieldShape.Number, valueName, help,
            check => get(check) is not 0 and { } value ? [value.ToString(CultureInfo.InvariantCulture)] : [],
            (check, values) => set(check, values.Count > 0 ? int.Parse(values[0], CultureInfo.InvariantCulture) : 0),
            value => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && (number == 0 || (number >= least && number <= most))
                ? null
                : $"'{Validation.Shown(value)}' is not allowed; {least} to {most} are");

    public static CheckField Duration(
        string name, CheckType[] types, string help, TimeSpan least, TimeSpan most, Func<Check, long> get, Action<Check, long> set) =>
        new(name, types, FieldShape.Duration, "duration", help,
            check => get(check) is not 0 and { } value ? [Durations.Format(value)] : [],
            (check, values) => set(check, values.Count > 0 && Durations.TryParse(values[0], out TimeSpan value) ? (long)value.TotalMilliseconds : 0),
            value => !Durations.TryParse(value, out TimeSpan time) ? $"'{Validation.Shown(value)}' is not a duration; write 500ms, 30s, 1m30s or 2h"
                : time != TimeSpan.Zero && (time < least || time > most) ? $"{Durations.Format(time)} is out of range; {Durations.Format(least)} to {Durations.Format(most)} are allowed"
                : null);

    public static CheckField Switch(string name, CheckType[] types, string help, Func<Check, bool> get, Action<Check, bool> set) =>
        new(name, types, FieldShape.Flag, "", help,
            check => get(check) ? ["true"] : [],
            (check, values) => set(check, values is ["true"]),
            static value => value is "true" or "false" ? null : $"'{Validation.Shown(value)}' is neither true nor false");

    public static CheckField List(
        string name, CheckType[] types, string valueName, string help, int most, Func<Check, IReadOnlyList<string>> get,
        Action<Check, IReadOnlyList<string>> set, Func<string, string?> faultOf) =>
        new(name, types, FieldShape.List, valueName, help, get, set, faultOf) { Most = most };
}
