using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Commands;

/// <summary>What the operator wants a check to be; null is what is not to change.</summary>
internal sealed record CheckEdits(
    string? Name = null,
    string? Target = null,
    TimeSpan? Interval = null,
    TimeSpan? Timeout = null,
    string[]? Alerts = null,
    string[]? SuppressAlerts = null,
    string[]? Parents = null,
    string[]? Resolvers = null)
{
    /// <summary>Options of the table; no values for one that is to be as if it had never been set.</summary>
    public (CheckField Field, string[] Values)[] Fields { get; init; } = [];

    internal bool AreNone => Fields.Length == 0 && this with { Fields = [] } == None;

    private static CheckEdits None { get; } = new();

    /// <summary>Names an option that does not fit this kind of check; null when there is none.</summary>
    internal string? FaultFor(CheckType type)
    {
        foreach ((CheckField field, string[] values) in Fields)
        {
            if (!field.IsFor(type))
                return $"{field.Flag} is for {string.Join(", ", field.Types.Select(Kinds.Text))} checks, not {Kinds.Text(type)}";
            if (values.Select(value => field.FaultFor(type, value)).FirstOrDefault(static fault => fault is not null) is { } wrong)
                return $"{field.Flag}: {wrong}";
        }

        return Target is not null && Validation.FaultOfTarget(type, Target) is { } fault ? $"--target: {fault}" : null;
    }

    /// <summary>Writes everything but the alerts and the parents, whose names must be looked up first.</summary>
    internal void ApplyTo(Check check)
    {
        check.Name = Name ?? check.Name;
        check.Target = Target ?? check.Target;
        check.IntervalMs = (long?)Interval?.TotalMilliseconds ?? check.IntervalMs;
        check.TimeoutMs = (long?)Timeout?.TotalMilliseconds ?? check.TimeoutMs;
        foreach ((CheckField field, string[] values) in Fields)
            field.Set(check, values is ["false"] or ["0"] && field.Shape != FieldShape.Text ? [] : values);
        CheckFields.Tidy(check);
        if (Resolvers is not null)
        {
            check.Resolvers.Clear();
            check.Resolvers.AddRange(Resolvers);
        }
    }
}
