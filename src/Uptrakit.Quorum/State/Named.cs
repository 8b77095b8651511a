using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Uptrakit.Quorum.State;

/// <summary>Objects by id, with names that are unique among them.</summary>
internal sealed class Named<T>
    where T : class
{
    private readonly ImmutableSortedDictionary<string, T> byId;
    private readonly ImmutableDictionary<string, string> idOfName;

    private Named(ImmutableSortedDictionary<string, T> byId, ImmutableDictionary<string, string> idOfName)
    {
        this.byId = byId;
        this.idOfName = idOfName;
    }

    public static Named<T> Empty { get; } = new(
        ImmutableSortedDictionary<string, T>.Empty.WithComparers(StringComparer.Ordinal),
        ImmutableDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal));

    public int Count => byId.Count;

    public IEnumerable<T> Values => byId.Values;

    public static Named<T> Of(IEnumerable<T> items, Func<T, (string Id, string Name)> keys)
    {
        var byId = Empty.byId.ToBuilder();
        var names = Empty.idOfName.ToBuilder();
        foreach (T item in items)
        {
            (string id, string name) = keys(item);
            byId[id] = item;
            names[name] = id;
        }

        return new(byId.ToImmutable(), names.ToImmutable());
    }

    public bool TryGet(string id, [NotNullWhen(true)] out T? item) => byId.TryGetValue(id, out item);

    /// <summary>Finds by id, else by name: what every command takes.</summary>
    public bool TryFind(string idOrName, [NotNullWhen(true)] out T? item) =>
        byId.TryGetValue(idOrName, out item)
        || (idOfName.TryGetValue(idOrName, out string? id) && byId.TryGetValue(id, out item));

    /// <summary>Whether the name belongs to an object other than the given one.</summary>
    public bool IsTaken(string name, string exceptId) => idOfName.TryGetValue(name, out string? id) && id != exceptId;

    public Named<T> With(string id, string name, T item, string? formerName)
    {
        var names = formerName is not null && formerName != name ? idOfName.Remove(formerName) : idOfName;
        return new(byId.SetItem(id, item), names.SetItem(name, id));
    }

    public Named<T> Without(string id, string name) => new(byId.Remove(id), idOfName.Remove(name));
}
