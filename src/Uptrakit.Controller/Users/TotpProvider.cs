using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Identity;

namespace Uptrakit.Controller.Users;

/// <summary>One-time codes of an authenticator app (RFC 6238: SHA-1, 30 s, 6 digits). Each is taken once.</summary>
/// <remarks>Identity's own provider takes a code again as long as it lasts: one that was looked at, or phished, would open twice.</remarks>
internal sealed class TotpProvider(TimeProvider clock) : IUserTwoFactorTokenProvider<HubUser>
{
    private const int StepSeconds = 30;
    private const int Digits = 6;

    // A phone's clock may be one step off either way.
    private const int Drift = 1;

    public Task<string> GenerateAsync(string purpose, UserManager<HubUser> manager, HubUser user) => Task.FromResult(string.Empty);

    public async Task<bool> CanGenerateTwoFactorTokenAsync(UserManager<HubUser> manager, HubUser user) =>
        !string.IsNullOrEmpty(await manager.GetAuthenticatorKeyAsync(user));

    public async Task<bool> ValidateAsync(string purpose, string token, UserManager<HubUser> manager, HubUser user)
    {
        if (token.Length != Digits || await manager.GetAuthenticatorKeyAsync(user) is not { Length: > 0 } key)
            return false;
        if (Base32.Decode(key) is not { } secret || StepOf(token, secret, user.SpentTotpStep) is not { } step)
            return false;
        user.SpentTotpStep = step;
        // The concurrency stamp decides between two that bring the same code at once.
        return (await manager.UpdateAsync(user)).Succeeded;
    }

    internal static string CodeAt(byte[] secret, long step)
    {
        Span<byte> counter = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(counter, step);
#pragma warning disable CA5350 // HMAC-SHA-1 is what authenticator apps speak; nothing here rests on collisions.
        byte[] mac = HMACSHA1.HashData(secret, counter);
#pragma warning restore CA5350
        uint number = BinaryPrimitives.ReadUInt32BigEndian(mac.AsSpan(mac[^1] & 0x0F)) & 0x7FFF_FFFF;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    internal static long StepAt(DateTimeOffset time) => time.ToUnixTimeSeconds() / StepSeconds;

    private long? StepOf(string token, byte[] secret, long spent)
    {
        byte[] given = Encoding.ASCII.GetBytes(token);
        long now = StepAt(clock.GetUtcNow());
        long? found = null;
        for (long step = now - Drift; step <= now + Drift; step++)
        {
            if (step > spent && CryptographicOperations.FixedTimeEquals(given, Encoding.ASCII.GetBytes(CodeAt(secret, step))))
                found = step;
        }

        return found;
    }
}
