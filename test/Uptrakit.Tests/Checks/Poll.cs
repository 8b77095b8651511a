namespace Uptrakit.Tests.Checks;

/// <summary>Waits for something that another thread is about to do.</summary>
internal static class Poll
{
    internal static async Task UntilAsync(Func<bool> isSo)
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        while (!isSo())
            await Task.Delay(5, deadline.Token);
    }
}
