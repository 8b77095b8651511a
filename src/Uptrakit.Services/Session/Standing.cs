using Uptrakit.Services.Bootstrap;
using Uptrakit.Services.Identity;

namespace Uptrakit.Services.Session;

/// <summary>Who this Service is and whom it trusts, at one moment.</summary>
internal sealed record Stand(int Version, ServiceState State, ServiceKey Key, ControllerTrust Trust)
{
    public StoredIdentity Service => State.Service!;

    public Guid ControllerId => State.ControllerId ?? Guid.Empty;
}

/// <summary>The present <see cref="Stand"/>. Connections keep the one they were made with.</summary>
internal sealed class Standing(ServiceState state, ServiceKey key, ControllerTrust trust)
{
    private readonly Lock replacing = new();
    private TaskCompletionSource changed = NewSignal();
    private volatile Stand now = new(0, state, key, trust);

    public Stand Now => now;

    /// <summary>Held by whoever replaces the state on disk and here: two changes at once would undo each other.</summary>
    public Lock Writing { get; } = new();

    /// <summary>Ends when connections that were made with that version are to be made anew.</summary>
    public Task OutdatedAsync(int version)
    {
        lock (replacing)
            return now.Version == version ? changed.Task : Task.CompletedTask;
    }

    /// <summary>Takes what open connections need not know of.</summary>
    public void Note(ServiceState noted)
    {
        lock (replacing)
            now = now with { State = noted };
    }

    /// <summary>Takes another bundle; with <paramref name="reconnect"/>, connections made before it are to end.</summary>
    public void Trust(ServiceState noted, ControllerTrust newer, bool reconnect)
    {
        lock (replacing)
        {
            now = now with { State = noted, Trust = newer };
            if (reconnect)
                Outdate();
        }
    }

    /// <summary>Takes another certificate and key.</summary>
    public void Identity(ServiceState noted, ServiceKey newer)
    {
        lock (replacing)
        {
            now = now with { State = noted, Key = newer };
            Outdate();
        }
    }

    private void Outdate()
    {
        now = now with { Version = now.Version + 1 };
        TaskCompletionSource before = changed;
        changed = NewSignal();
        before.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
