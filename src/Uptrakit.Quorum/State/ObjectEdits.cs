using Google.Protobuf.Collections;

namespace Uptrakit.Quorum.State;

/// <summary>
/// Pairs the objects of one kind in a file with those there are, by id, and by name where the id was left out; and knows what each may be
/// called once the edit is made.
/// </summary>
/// <param name="found">Where faults go.</param>
/// <param name="removesOthers">Whether what the file does not name is removed.</param>
internal abstract class ObjectEdits<T>(YamlFaults found, bool removesOthers)
    where T : class
{
    private readonly Dictionary<string, T> baseById = [];
    private readonly Dictionary<string, T> baseByName = [];
    private readonly HashSet<string> idsSeen = [];
    private readonly HashSet<string> namesSeen = [];
    private readonly HashSet<string> kept = [];

    // An id or a name, and what a command names the object by: its id, or its name while it has none yet.
    private readonly Dictionary<string, string> after = [];

    protected YamlFaults Found => found;

    protected abstract string Kind { get; }

    /// <summary>Each object of the file with the one that it was; null for a new one.</summary>
    protected List<(T? Before, Edited<T> Edited)> Pairs { get; } = [];

    /// <summary>What is there and not in the file, if that is to go.</summary>
    protected IEnumerable<T> Removed => removesOthers ? baseById.Values.Where(each => !kept.Contains(IdOf(each))) : [];

    /// <summary>What is there and not in the file, if that is to stay.</summary>
    protected IEnumerable<T> Untouched => removesOthers ? [] : baseById.Values.Where(each => !kept.Contains(IdOf(each)));

    /// <summary>What commands call an object that is there after the edit, from its id or name; or why there is none.</summary>
    public bool TryResolve(string reference, out string resolved, out string fault)
    {
        fault = "";
        if (after.TryGetValue(reference, out resolved!))
            return true;
        resolved = reference;
        string shown = Validation.Shown(reference);
        fault = Knew(reference) ? $"the {Kind} '{shown}' is removed or renamed by this edit" : $"there is no {Kind} '{shown}'";
        return false;
    }

    /// <summary>Whether that was the id or name of an object before the edit.</summary>
    public bool Knew(string reference) => baseById.ContainsKey(reference) || baseByName.ContainsKey(reference);

    /// <summary>Replaces what an object names by what commands call it; a name that means nothing is a fault.</summary>
    /// <param name="at">The object in the file.</param>
    /// <param name="field">The field with the names.</param>
    /// <param name="references">What the file says.</param>
    /// <param name="ids">What was there; in the end what is to be.</param>
    public void Resolve(YamlFields at, string field, IEnumerable<string> references, RepeatedField<string> ids)
    {
        string[] before = [.. ids];
        ids.Clear();
        int place = 0;
        foreach (string reference in references)
        {
            // A reference that dangled before the edit is not this editor's fault.
            bool good = TryResolve(reference, out string id, out string fault) || (before.Contains(reference) && !Knew(reference));
            // Kept all the same: that the list is empty now would be the next fault.
            ids.Add(id);
            if (!good)
                found.Add(at.At(field) is YamlList list && place < list.Items.Count ? list.Items[place] : at.At(field), $"{field}: {fault}");
            place++;
        }
    }

    protected abstract string IdOf(T value);

    protected abstract string NameOf(T value);

    protected void Pair(IReadOnlyList<T> baseObjects, IReadOnlyList<Edited<T>> edited)
    {
        foreach (T each in baseObjects)
        {
            baseById[IdOf(each)] = each;
            baseByName[NameOf(each)] = each;
        }

        foreach (Edited<T> each in edited)
        {
            if (IdOf(each.Value).Length > 0 && !idsSeen.Add(IdOf(each.Value)))
                each.At.Fault("id", $"'{IdOf(each.Value)}' is there twice", found);
            if (NameOf(each.Value).Length > 0 && !namesSeen.Add(NameOf(each.Value)))
                each.At.Fault("name", $"another {Kind} of this file is called '{Validation.Shown(NameOf(each.Value))}', too", found);
        }

        foreach (Edited<T> each in edited)
        {
            T? before = Before(each);
            Pairs.Add((before, each));
            string call = before is null ? NameOf(each.Value) : IdOf(before);
            after[NameOf(each.Value)] = after[call] = call;
            if (before is not null)
                kept.Add(IdOf(before));
        }

        foreach (T each in Untouched)
            after[IdOf(each)] = after[NameOf(each)] = IdOf(each);
        RefuseTakenNames();
    }

    /// <summary>The object that the edited one was; null for a new one.</summary>
    private T? Before(Edited<T> edited)
    {
        string id = IdOf(edited.Value);
        if (id.Length > 0)
        {
            if (baseById.TryGetValue(id, out T? before))
                return before;
            edited.At.Fault("id", $"there is no {Kind} '{Validation.Shown(id)}'; leave the id out for a new one", found);
            return null;
        }

        // Somebody who writes the file by program knows names, not ids.
        return baseByName.TryGetValue(NameOf(edited.Value), out T? same) && !idsSeen.Contains(IdOf(same)) ? same : null;
    }

    private void RefuseTakenNames()
    {
        HashSet<string> names = [.. Untouched.Select(NameOf)];
        foreach ((_, Edited<T> edited) in Pairs.Where(pair => names.Contains(NameOf(pair.Edited.Value))))
            edited.At.Fault("name", $"a {Kind} that this file does not name is called '{Validation.Shown(NameOf(edited.Value))}', too", found);
    }
}
