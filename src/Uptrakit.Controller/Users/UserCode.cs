namespace Uptrakit.Controller.Users;

/// <summary>The code that a device shows and its user types.</summary>
internal static class UserCode
{
    public const string Alphabet = "BCDFGHJKLMNPQRSTVWXZ";
    public const int Length = 8;

    /// <summary>As it is shown, however it was typed; null for what is no code.</summary>
    public static string? Normal(string? typed)
    {
        if (typed is null || typed.Length > 4 * Length)
            return null;
        string letters = string.Concat(typed.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();
        return letters.Length == Length && letters.All(static letter => Alphabet.Contains(letter, StringComparison.Ordinal))
            ? $"{letters[..4]}-{letters[4..]}"
            : null;
    }
}
