using System.Text;

namespace Uptrakit.Trust.Enrollment;

/// <summary>Whether an address can be written into a token, and shown on a terminal without doing anything there.</summary>
internal static class TokenHost
{
    private const int MaximumSize = 255;

    internal static bool IsFit(string host, int port) =>
        port is >= 1 and <= ushort.MaxValue
        && host.Length is > 0 and <= MaximumSize
        && host.EnumerateRunes().All(static rune => Rune.IsLetterOrDigit(rune) || ".-_:%".Contains(rune.ToString()))
        && Encoding.UTF8.GetByteCount(host) <= MaximumSize;
}
