using System.Buffers;

namespace Uptrakit.Cli.Connection;

/// <summary>What may stand in an Authorization header (RFC 6750, section 2.1).</summary>
internal static class GivenToken
{
    private const int Longest = 8 * 1024;

    private static readonly SearchValues<char> Letters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=");

    /// <summary>Null when it can be sent, else words that do not repeat it.</summary>
    internal static string? FaultOf(string token)
    {
        // It would be refused there anyway, but only after it was shown to whoever answers.
        if (token.StartsWith("upt1_", StringComparison.Ordinal))
            return "that is an enrollment token, with which Services join; sign in with an API token (upk_...)";
        return token.Length is 0 or > Longest || token.AsSpan().ContainsAnyExcept(Letters) ? "that is not a token" : null;
    }
}
