using System.Text.Json;
using Uptrakit.Quorum.Configuration;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Commands;

/// <summary>A plan for people and for programs. Of secrets it tells that they change, never what they are.</summary>
internal static class PlanView
{
    private const int Longest = 200;

    internal static void Write(Terminal terminal, Plan plan)
    {
        foreach (PlannedChange change in plan.Changes)
        {
            (char sign, Tone tone) = change.Action switch
            {
                PlanAction.Add => ('+', Tone.Good),
                PlanAction.Remove => ('-', Tone.Bad),
                _ => ('~', Tone.Doubtful),
            };
            terminal.Out.WriteLine(terminal.Paint($"{sign} {change.Kind}{(change.Name.Length > 0 ? " " : "")}{Plain.Line(change.Name)}", tone));
            foreach (FieldChange field in change.Fields.Where(field => change.Action != PlanAction.Add || field.Field != "name"))
                terminal.WriteLine($"    {field.Field}: {Words(field, change.Action)}");
        }

        if (plan.Changes.Count > 0)
            terminal.WriteLine($"{plan.Count(PlanAction.Add)} to add, {plan.Count(PlanAction.Change)} to change, {plan.Count(PlanAction.Remove)} to remove");
    }

    /// <param name="terminal">Where to.</param>
    /// <param name="plan">What was planned.</param>
    /// <param name="version">The configuration's version after it was applied; null when it was not.</param>
    internal static void WriteJson(Terminal terminal, Plan plan, long? version) => terminal.WriteObject(json =>
    {
        json.WriteStartArray("changes");
        foreach (PlannedChange change in plan.Changes)
            Write(json, change);
        json.WriteEndArray();
        json.WriteNumber("add", plan.Count(PlanAction.Add));
        json.WriteNumber("change", plan.Count(PlanAction.Change));
        json.WriteNumber("remove", plan.Count(PlanAction.Remove));
        json.WriteBoolean("applied", version is not null);
        if (version is { } applied)
            json.WriteNumber("config_version", applied);
        else
            json.WriteNull("config_version");
    });

    private static void Write(Utf8JsonWriter json, PlannedChange change)
    {
        json.WriteStartObject();
        json.WriteString("action", change.Action switch { PlanAction.Add => "add", PlanAction.Remove => "remove", _ => "change" });
        json.WriteString("kind", change.Kind);
        json.WriteText("name", change.Name);
        json.WriteStartArray("fields");
        foreach (FieldChange field in change.Fields)
        {
            json.WriteStartObject();
            json.WriteString("field", field.Field);
            json.WriteBoolean("secret", field.IsSecret);
            json.WriteText("from", field.From);
            json.WriteText("to", field.To);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Words(FieldChange field, PlanAction action) => (field.IsSecret, action) switch
    {
        (true, PlanAction.Add) => "(secret)",
        (true, _) => "changed (secret)",
        (_, PlanAction.Add) => Shown(field.To),
        _ => $"{Shown(field.From)} → {Shown(field.To)}",
    };

    private static string Shown(string text) => text.Length == 0 ? "(none)"
        : text.Length <= Longest ? text
        : $"{text[..Longest]}… ({text.Length} characters)";
}
