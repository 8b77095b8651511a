namespace Uptrakit.Quorum.Checks;

/// <summary>A token that fires after a time on the given clock, or with its parent.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource source;
    private readonly CancellationTokenRegistration parent;

    internal Deadline(TimeSpan after, TimeProvider clock, CancellationToken cancel)
    {
        source = new CancellationTokenSource(after, clock);
        parent = cancel.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), source);
    }

    internal CancellationToken Token => source.Token;

    internal void CancelAfter(TimeSpan after) => source.CancelAfter(after);

    public void Dispose()
    {
        // In this order: a parent that fires now must find the source alive, and Dispose waits for it.
        parent.Dispose();
        source.Dispose();
    }
}
