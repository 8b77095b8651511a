using System.Security.Cryptography;

namespace Uptrakit.Quorum.Alerts;

/// <summary>How long to wait before the next attempt.</summary>
internal static class RetryDelay
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(5);

    /// <summary>1 s, 2 s, 4 s … 5 min, each a fifth shorter at most so that receivers are not hit in step.</summary>
    /// <param name="attempts">Made so far, at least one.</param>
    /// <param name="asked">What the receiver asked for; never undercut.</param>
    internal static TimeSpan After(int attempts, TimeSpan? asked)
    {
        double seconds = Math.Min(Math.Pow(2, Math.Min(attempts, 20) - 1), s_longest.TotalSeconds);
        TimeSpan spread = TimeSpan.FromSeconds(seconds * RandomNumberGenerator.GetInt32(800, 1001) / 1000);
        return asked > spread ? asked.Value : spread;
    }
}
