using System.Security.Cryptography;

namespace Uptrakit.Services.Session;

/// <summary>
/// How long to wait before the next try: a random part of 1 s, 2 s, 4 s and so on up to 60 s. Full jitter, because a
/// thousand Services that lost one Controller at one moment must not come back at one moment.
/// </summary>
/// <param name="random">From 0 up to and without 1.</param>
internal sealed class Backoff(Func<double> random)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(60);

    // Not zero: a Controller that hangs up at once would be asked in a loop.
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(50);

    private TimeSpan limit = First;

    /// <summary>A fair source.</summary>
    public static double Random() => RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue;

    public TimeSpan Next()
    {
        TimeSpan wait = limit * random();
        limit = limit * 2 > Most ? Most : limit * 2;
        return wait < Least ? Least : wait;
    }

    /// <summary>A random part of a time that the caller chooses.</summary>
    public TimeSpan PartOf(TimeSpan whole) => whole * random();

    public void Reset() => limit = First;
}
