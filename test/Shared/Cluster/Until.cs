namespace Uptrakit.Tests.Shared.Cluster;

/// <summary>Waits for what another process does: looks again and again, and says what it saw last when it gives up.</summary>
internal static class Until
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until the seen value is as wanted.</summary>
    public static async Task<T> SeenAsync<T>(
        string what, Func<CancellationToken, Task<T>> see, Func<T, bool> wanted, TimeSpan atMost, CancellationToken cancel)
    {
        long begin = TimeProvider.System.GetTimestamp();
        string last = "nothing";
        while (TimeProvider.System.GetElapsedTime(begin) < atMost)
        {
            try
            {
                T seen = await see(cancel);
                if (wanted(seen))
                    return seen;
                last = Words(seen);
            }
            catch (Exception fault) when (fault is Grpc.Core.RpcException or IOException)
            {
                last = fault.Message;
            }

            await Task.Delay(Look, cancel);
        }

        throw new TimeoutException($"waited {atMost.TotalSeconds:0} s in vain until {what}; seen last: {last}");
    }

    private static string Words(object? seen) => seen switch
    {
        null => "null",
        string text => text,
        System.Collections.IEnumerable many => $"[{string.Join(", ", many.Cast<object>())}]",
        _ => seen.ToString() ?? "",
    };

    public static Task TrueAsync(string what, Func<CancellationToken, Task<bool>> see, TimeSpan atMost, CancellationToken cancel) =>
        SeenAsync(what, see, static seen => seen, atMost, cancel);

    public static Task TrueAsync(string what, Func<bool> see, TimeSpan atMost, CancellationToken cancel) =>
        SeenAsync(what, _ => Task.FromResult(see()), static seen => seen, atMost, cancel);
}
