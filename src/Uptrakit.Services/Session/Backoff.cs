using System.Security.Cryptography;

namespace Uptrakit.Services.Session;

/// <summary>
/// How long to wait before the next try: a random part of 1 s, 2 s, 4 s and so on up to 60 s. Full jitter, because a
/// thousand Services that lost one Controller at one moment must not come back at one moment.
/// </summary>
/// <remarks>
/// A refused connection costs nobody anything, so while that is all that happens the time grows no further than 5 s for the first dozen of tries:
/// a Controller that is restarted or upgraded finds its Services back within seconds.
/// </remarks>
/// <param name="random">From 0 up to and without 1.</param>
internal sealed class Backoff(Func<double> random)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan MostWhileCheap = TimeSpan.FromSeconds(5);
    private const int CheapTries = 12;

    // Not zero: a Controller that hangs up at once would be asked in a loop.
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(50);

    private TimeSpan limit = First;
    private int tries;

    /// <summary>A fair source.</summary>
    public static double Random() => RandomNumberGenerator.GetInt32(int.MaxValue) / (double)int.MaxValue;

    /// <param name="cheap">The last try failed at once: nobody was there.</param>
    public TimeSpan Next(bool cheap = false)
    {
        TimeSpan wait = limit * random();
        TimeSpan most = cheap && ++tries <= CheapTries ? MostWhileCheap : Most;
        limit = limit * 2 > most ? most : limit * 2;
        return wait < Least ? Least : wait;
    }

    /// <summary>A random part of a time that the caller chooses.</summary>
    public TimeSpan PartOf(TimeSpan whole) => whole * random();

    public void Reset() => (limit, tries) = (First, 0);
}
