using System.Security.Cryptography;

namespace Uptrakit.Controller.Users;

/// <summary>What stands for a lost second factor, once: four groups of four, 80 random bits.</summary>
internal static class RecoveryCode
{
    // Without letters that are taken for digits.
    private const string Alphabet = "23456789abcdefghijkmnpqrstuvwxyz";

    public static string New()
    {
        string letters = RandomNumberGenerator.GetString(Alphabet, 16);
        return $"{letters[..4]}-{letters[4..8]}-{letters[8..12]}-{letters[12..]}";
    }

    /// <summary>As it is hashed, however it was typed.</summary>
    public static string Normal(string typed) =>
        string.Concat(typed.Where(static letter => letter is not ('-' or ' '))).ToLowerInvariant();
}
