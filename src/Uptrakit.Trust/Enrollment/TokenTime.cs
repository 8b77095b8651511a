using System.Buffers.Binary;

namespace Uptrakit.Trust.Enrollment;

/// <summary>The expiry in a token: seconds since 1970, big-endian.</summary>
internal static class TokenTime
{
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out DateTimeOffset time)
    {
        long seconds = BinaryPrimitives.ReadInt64BigEndian(bytes);
        bool fits = seconds >= 0 && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds();
        time = fits ? DateTimeOffset.FromUnixTimeSeconds(seconds) : default;
        return fits;
    }
}
