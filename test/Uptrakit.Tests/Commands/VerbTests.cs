using Uptrakit.CommandLine;

namespace Uptrakit.Tests.Commands;

public sealed class VerbTests
{
    /// <summary>Until then a signal ends the process at once, with the terminal as the work has left it.</summary>
    [Fact]
    public async Task Work_BeginsWhenSignalsAreWaitedFor()
    {
        using ManualResetEventSlim returned = new();
        Verb verb = new Verb("wait", "Waits until whoever began it goes on").Does(
            (_, cancel) => Task.FromResult(returned.Wait(TimeSpan.FromSeconds(10), cancel) ? 0 : 1));

        Task<int> running = verb.Parse([]).InvokeAsync(cancellationToken: TestContext.Current.CancellationToken);
        returned.Set();

        Assert.Equal(0, await running);
    }
}
