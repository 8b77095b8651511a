namespace Uptrakit.Controller.Authority;

/// <summary>Holds the current snapshot of the CAs and replaces it when the store has a newer one.</summary>
internal sealed class AuthorityKeys(IAuthorityStore store, IKeySealer sealer, CaFactory factory, TimeProvider clock)
{
    private const int Tries = 5;

    private readonly Lock gate = new();
    private volatile CaSnapshot? current;

    /// <summary>After the snapshot was replaced: time to look at the server's certificate and to tell Services of a new bundle.</summary>
    public event Action<CaSnapshot>? Changed;

    /// <exception cref="InvalidOperationException">The Authority has not been started.</exception>
    public CaSnapshot Current => current ?? throw new InvalidOperationException("the Authority has not been started");

    /// <summary>Opens the CAs, and makes or takes the first ones.</summary>
    /// <param name="external">What <c>--ca-cert</c> and <c>--ca-key</c> brought, or null.</param>
    /// <param name="cancel">Stops waiting for the store.</param>
    /// <returns>Null when ready; else a sentence for the operator.</returns>
    public async Task<string?> StartAsync(ExternalCa? external, CancellationToken cancel)
    {
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            CaSet set = await store.LoadAsync(cancel);
            FirstCas first = FirstCas.Plan(set, external, factory, clock.GetUtcNow());
            if (first.Fault is not null)
                return first.Fault;
            if (first.Changes.Count == 0)
                return Take(set);

            // When another Controller was first, what it stored is what counts.
            await store.TrySaveAsync(first.Changes, set.Version, cancel);
        }

        return "the CAs are being changed by other Controllers without pause: start again when they have come to rest";
    }

    /// <summary>Looks whether another Controller changed the CAs. Cheap when not.</summary>
    /// <returns>Null when up to date; else why the newer CAs cannot be opened: the present ones stay in use.</returns>
    public async Task<string?> ReloadAsync(CancellationToken cancel)
    {
        CaSet set = await store.LoadAsync(cancel);
        return set.Version <= (current?.Version ?? 0) ? null : Take(set);
    }

    private string? Take(CaSet set)
    {
        if (!CaSnapshot.TryOpen(set, sealer, out CaSnapshot? snapshot, out string? fault))
            return fault;

        lock (gate)
        {
            if (current is not null && current.Version >= snapshot.Version)
                return null;
            current = snapshot;
        }

        Changed?.Invoke(snapshot);
        return null;
    }
}
