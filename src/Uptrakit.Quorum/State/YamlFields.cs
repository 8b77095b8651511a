using System.Globalization;
using Uptrakit.Trust.Text;

namespace Uptrakit.Quorum.State;

/// <summary>Takes typed values out of a map and collects a fault, with its place, for each that is not right.</summary>
internal sealed class YamlFields(YamlMap map, YamlFaults faults)
{
    public YamlMap Map => map;

    /// <summary>Where a message about that field points.</summary>
    public YamlNode At(string name) => map.Find(name) ?? map;

    public bool Has(string name) => map.Find(name) is not null;

    public void Fault(string name, string message) => Fault(name, message, faults);

    public void Fault(string name, string message, YamlFaults to) => to.Add(At(name), $"{name}: {message}");

    /// <summary>A sentence of <see cref="Validation"/> at the field it begins with.</summary>
    public void Fault(string sentence, YamlFaults to) => to.Add(At(sentence.Split(':')[0]), sentence);

    /// <summary>All of them, but one for a place: what follows from a fault that was told already helps nobody.</summary>
    public void Faults(IEnumerable<string> sentences, YamlFaults to)
    {
        foreach (string sentence in sentences)
        {
            string name = sentence.Split(':')[0];
            YamlNode at = At(name);
            if (!to.Has(at, ReferenceEquals(at, map) ? $"{name}:" : ""))
                to.Add(at, sentence);
        }
    }

    public string? Text(string name)
    {
        if (map.Find(name) is not { } node)
            return null;
        if (node is YamlScalar { IsNothing: false } scalar)
            return scalar.Text;
        Fault(name, node is YamlScalar
            ? "has no value; leave the line out, or write \"\" for an empty text"
            : $"expected text, found {node.Kind}");
        return null;
    }

    public bool? Flag(string name)
    {
        if (map.Find(name) is not { } node)
            return null;
        if (node is YamlScalar { Plain: true, Text: "true" or "false" } scalar)
            return scalar.Text == "true";
        Fault(name, $"expected true or false, found {Found(node)}");
        return null;
    }

    public long? Number(string name)
    {
        if (map.Find(name) is not { } node)
            return null;
        if (node is YamlScalar { Plain: true } scalar
            && long.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out long value))
            return value;
        Fault(name, $"expected a number, found {Found(node)}");
        return null;
    }

    public long? Milliseconds(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (Durations.TryParse(text, out TimeSpan value))
            return value.Ticks / TimeSpan.TicksPerMillisecond;
        Fault(name, $"'{Validation.Shown(text)}' is not a duration; write 500ms, 30s, 1m30s or 2h");
        return null;
    }

    /// <summary>A point in time, in milliseconds since the Unix epoch.</summary>
    public long? Moment(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (Moments.TryParse(text, out long value))
            return value;
        Fault(name, $"'{Validation.Shown(text)}' is not a time; write 2026-12-01T22:00Z or 2026-12-01T22:00+01:00");
        return null;
    }

    public IReadOnlyList<string>? Texts(string name)
    {
        if (List(name) is not { } list)
            return null;
        List<string> texts = new(list.Items.Count);
        foreach (YamlNode item in list.Items)
        {
            if (item is YamlScalar { IsNothing: false } scalar)
                texts.Add(scalar.Text);
            else
                faults.Add(item, $"{name}: expected text, found {item.Kind}");
        }

        return texts;
    }

    public YamlList? List(string name)
    {
        if (map.Find(name) is not { } node)
            return null;
        if (node is YamlList list)
            return list;
        Fault(name, $"expected a list, found {node.Kind}; write '{name}: []' for none");
        return null;
    }

    /// <summary>The items of a list that are maps; the others are faults.</summary>
    public IEnumerable<YamlFields> Items(string name)
    {
        foreach (YamlNode item in List(name)?.Items ?? [])
        {
            if (item is YamlMap fields)
                yield return new YamlFields(fields, faults);
            else
                faults.Add(item, $"{name}: expected an item with fields, found {item.Kind}");
        }
    }

    public void Require(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (!Has(name))
                faults.Add(map, $"{name}: is missing");
        }
    }

    /// <summary>A field that is not known would be dropped, and the loss replicated.</summary>
    public void RefuseOthers(params ReadOnlySpan<string> known) => RefuseOthers(known, static _ => null);

    /// <param name="known">The fields there are.</param>
    /// <param name="why">Why another one, which does exist, is not for here; null for one that nobody knows.</param>
    public void RefuseOthers(ReadOnlySpan<string> known, Func<string, string?> why)
    {
        foreach (YamlField field in map.Fields)
        {
            if (known.Contains(field.Name.Text))
                continue;
            if (why(field.Name.Text) is { } reason)
            {
                faults.Add(field.Name, $"{field.Name.Text}: {reason}");
                continue;
            }

            string hint = Nearest(field.Name.Text, known) is { } near ? $"; did you mean '{near}'?" : "";
            faults.Add(field.Name, $"'{Validation.Shown(field.Name.Text)}' is not a known field{hint}");
        }
    }

    private static string Found(YamlNode node) =>
        node is YamlScalar { IsNothing: false } scalar ? $"'{Validation.Shown(scalar.Text)}'" : node.Kind;

    private static string? Nearest(string name, ReadOnlySpan<string> known)
    {
        string? nearest = null;
        int least = 3;
        foreach (string candidate in known)
        {
            int distance = name.Length > 2 && candidate.StartsWith(name, StringComparison.OrdinalIgnoreCase)
                ? 1
                : Distance(name, candidate);
            if (distance < least && distance < candidate.Length)
                (nearest, least) = (candidate, distance);
        }

        return nearest;
    }

    // Levenshtein. Only words of about the same length are worth it.
    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > 2)
            return int.MaxValue;
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
