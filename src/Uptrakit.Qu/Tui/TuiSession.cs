using System.Threading.Channels;
using Spectre.Console;

namespace Uptrakit.Qu.Tui;

/// <summary>Runs the view: messages in, pictures out. One loop owns the model.</summary>
internal sealed class TuiSession(TuiScreen screen, TuiDesk desk, TimeProvider clock) : IDisposable
{
    private const int MostOrders = 8;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    // Keys that nobody reads any more are dropped: the oldest message is the least true.
    private readonly Channel<TuiMessage> inbox = Channel.CreateBounded<TuiMessage>(new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly SemaphoreSlim poke = new(0, 1);
    private readonly TuiView view = new(clock);
    private TuiModel model = new();
    private int orders;
    private volatile string? watched;

    public void Dispose() => poke.Dispose();

    public async Task RunAsync(CancellationToken cancel)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        screen.Listen(inbox.Writer, end.Cancel);
        Task refreshing = RefreshAsync(end.Token);
        // A view that is never refreshed again must not stand there as if all were well.
        _ = refreshing.ContinueWith(_ => end.Cancel(), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        try
        {
            bool goesOn = true;
            while (goesOn)
            {
                (int Width, int Height) size = TuiScreen.Size();
                model = model with { Width = size.Width, Height = size.Height };
                screen.Clear(size);
                goesOn = await screen.Console.Live(new FramePicture(view.Draw(model))).AutoClear(true)
                    .StartAsync(live => ShowAsync(live, size, end.Token));
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // Ctrl-C and SIGTERM end it as `q` does.
        }
        finally
        {
            await end.CancelAsync();
            await refreshing;
        }
    }

    /// <returns>False: it was the last picture. True: the terminal has another size, so begin anew.</returns>
    private async Task<bool> ShowAsync(LiveDisplayContext live, (int Width, int Height) size, CancellationToken cancel)
    {
        while (true)
        {
            live.UpdateTarget(new FramePicture(view.Draw(model)));
            live.Refresh();
            TuiMessage first = await inbox.Reader.ReadAsync(cancel);
            // All that has come meanwhile makes one picture.
            for (TuiMessage? message = first; message is not null; message = inbox.Reader.TryRead(out TuiMessage? next) ? next : null)
            {
                (model, TuiOrder? order) = TuiUpdate.Step(model, message, clock.GetUtcNow());
                watched = model.Watched;
                if (order is TuiOrder.Quit)
                    return false;
                if (order is not null)
                    Carry(order, cancel);
            }

            if ((model.Width, model.Height) != size)
                return true;
        }
    }

    private void Carry(TuiOrder order, CancellationToken cancel)
    {
        if (order is TuiOrder.Refresh)
            Poke();
        else if (Interlocked.Increment(ref orders) > MostOrders)
        {
            Interlocked.Decrement(ref orders);
            inbox.Writer.TryWrite(new TuiMessage.Told("the last orders are still at work; nothing was done", Failed: true));
        }
        else
        {
            _ = CarryAsync(order, cancel);
        }
    }

    private async Task CarryAsync(TuiOrder order, CancellationToken cancel)
    {
        try
        {
            inbox.Writer.TryWrite(await desk.DoAsync(order, cancel));
        }
        catch (OperationCanceledException)
        {
            // The view is closing.
        }
        finally
        {
            Interlocked.Decrement(ref orders);
        }
    }

    private async Task RefreshAsync(CancellationToken cancel)
    {
        try
        {
            bool hasPast = false;
            while (true)
            {
                TuiMessage fresh = await desk.RefreshAsync(watched, cancel);
                if (!hasPast && fresh is TuiMessage.Refreshed)
                {
                    hasPast = true;
                    inbox.Writer.TryWrite(await desk.PastEventsAsync(cancel));
                }

                inbox.Writer.TryWrite(fresh);
                await poke.WaitAsync(Period, cancel);
            }
        }
        catch (OperationCanceledException)
        {
            // The view is closing.
        }
    }

    private void Poke()
    {
        if (poke.CurrentCount == 0)
            poke.Release();
    }
}
