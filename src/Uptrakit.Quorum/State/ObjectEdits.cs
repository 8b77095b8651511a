namespace Uptrakit.Quorum.State;

/// <summary>Pairs the checks or alerts of an edit with those of its base, by id, and by name where the id was left out.</summary>
internal abstract class ObjectEdits<T>(YamlFaults found)
    where T : class
{
    private readonly Dictionary<string, T> baseById = [];
    private readonly Dictionary<string, T> baseByName = [];
    private readonly HashSet<string> idsSeen = [];
    private readonly HashSet<string> namesSeen = [];

    protected YamlFaults Found => found;

    protected abstract string Kind { get; }

    protected IReadOnlyDictionary<string, T> BaseById => baseById;

    protected abstract string IdOf(T value);

    protected abstract string NameOf(T value);

    protected void Start(IReadOnlyList<T> baseObjects, IReadOnlyList<Edited<T>> edited)
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
            if (!namesSeen.Add(NameOf(each.Value)))
                each.At.Fault("name", $"another {Kind} of this file is called '{Validation.Shown(NameOf(each.Value))}', too", found);
        }
    }

    /// <summary>The object that the edited one was; null for a new one.</summary>
    protected T? Before(Edited<T> edited)
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
}
