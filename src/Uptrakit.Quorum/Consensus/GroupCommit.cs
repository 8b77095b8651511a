using System.Threading.Channels;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Consensus;

/// <summary>
/// Puts the commands that arrive while an entry is on its way to the disks of a majority into the next entry together: many
/// writers then share one flush.
/// </summary>
/// <param name="replicate">Commits one entry and applies it here; false when its fate is unknown.</param>
/// <param name="store">Where the outcomes are found once an entry is applied.</param>
internal sealed class GroupCommit(Func<Command, CancellationToken, Task<bool>> replicate, StateStore store, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>Commands in one entry; far below what <see cref="RecentCommands"/> remembers.</summary>
    public const int MaxCommands = 256;

    /// <summary>An entry must reach every voter within the request time-out.</summary>
    private const int MaxBytes = 512 * 1024;

    private const int MaxWaiting = 4096;

    /// <summary>Far beyond an election: by then the leader knows that it is none.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Channel<Waiting> queue = Channel.CreateBounded<Waiting>(
        new BoundedChannelOptions(MaxWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly CancellationTokenSource stop = new();
    private Task pumping = Task.CompletedTask;
    private Waiting? held;

    public void Start() => pumping = Task.Run(() => PumpAsync(stop.Token));

    /// <returns>Null: it is unknown whether the command was committed.</returns>
    public async Task<Outcome?> AddAsync(Command command, CancellationToken cancel)
    {
        if (command.Id.IsEmpty)
            throw new ArgumentException("a command needs an id: its outcome is found by it", nameof(command));
        Waiting waiting = new(command);
        try
        {
            await queue.Writer.WriteAsync(waiting, cancel).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            return null;
        }

        return await waiting.Outcome.Task.WaitAsync(cancel).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        queue.Writer.TryComplete();
        await stop.CancelAsync().ConfigureAwait(false);
        await pumping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        held?.Outcome.TrySetResult(null);
        while (queue.Reader.TryRead(out Waiting? left))
            left.Outcome.TrySetResult(null);
        stop.Dispose();
    }

    private async Task PumpAsync(CancellationToken cancel)
    {
        while (held is not null || await queue.Reader.WaitToReadAsync(cancel).ConfigureAwait(false))
        {
            List<Waiting> together = Take();
            if (together.Count > 0)
                await CommitAsync(together, cancel).ConfigureAwait(false);
        }
    }

    private async Task CommitAsync(List<Waiting> together, CancellationToken cancel)
    {
        using CancellationTokenSource patience = new(Patience, clock);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancel);
        bool applied = await replicate(EntryOf(together), both.Token).ConfigureAwait(false);
        RecentCommands recent = store.State.Recent;
        foreach (Waiting waiting in together)
            waiting.Outcome.TrySetResult(applied && recent.TryGet(waiting.Command.Id, out Outcome? outcome) ? outcome : null);
    }

    /// <summary>What waits now, up to the bounds. What the log itself is about goes alone: a snapshot stands between entries.</summary>
    private List<Waiting> Take()
    {
        List<Waiting> together = [];
        int bytes = 0;
        while (together.Count < MaxCommands && (held is not null || queue.Reader.TryRead(out held)))
        {
            int size = held.Command.CalculateSize();
            bool alone = IsAboutTheLog(held.Command);
            if (together.Count > 0 && (alone || bytes + size > MaxBytes))
                break;
            together.Add(held);
            held = null;
            bytes += size;
            if (alone)
                break;
        }

        return together;
    }

    private static bool IsAboutTheLog(Command command) =>
        command.ChangeCase is Command.ChangeOneofCase.Checkpoint or Command.ChangeOneofCase.Compact;

    private static Command EntryOf(List<Waiting> together)
    {
        if (together.Count == 1)
            return together[0].Command;
        Batch batch = new();
        batch.Commands.AddRange(together.Select(static w => w.Command));
        return new Command { Batch = batch };
    }

    private sealed record Waiting(Command Command)
    {
        public TaskCompletionSource<Outcome?> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
