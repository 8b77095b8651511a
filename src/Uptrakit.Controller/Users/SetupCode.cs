using System.Security.Cryptography;
using System.Text;

namespace Uptrakit.Controller.Users;

/// <summary>The code that lets the first user in: printed at the first start, good for one use, gone after an hour or a restart.</summary>
/// <remarks>Only its hash is kept, and only in memory: neither the database nor a core file gives it away for long.</remarks>
internal sealed class SetupCode(TimeProvider clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly Lock gate = new();
    private byte[]? hash;
    private DateTimeOffset ends;

    /// <summary>A fresh one; an earlier one is void.</summary>
    public string Issue()
    {
        string code = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        lock (gate)
        {
            hash = Hash(code);
            ends = clock.GetUtcNow() + Lifetime;
        }

        return code;
    }

    /// <summary>Whether it is the code. It stays good: see <see cref="TryRedeem"/>.</summary>
    public bool Fits(string? code)
    {
        lock (gate)
            return hash is not null && clock.GetUtcNow() < ends && CryptographicOperations.FixedTimeEquals(hash, Hash(code ?? ""));
    }

    /// <summary>Takes the code. Of several that bring it at once, one is answered true.</summary>
    public bool TryRedeem(string? code)
    {
        lock (gate)
        {
            if (!Fits(code))
                return false;
            hash = null;
            return true;
        }
    }

    private static byte[] Hash(string code) => SHA256.HashData(Encoding.UTF8.GetBytes(code.Trim()));
}
