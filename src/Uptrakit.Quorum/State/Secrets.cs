namespace Uptrakit.Quorum.State;

/// <summary>Secrets as they are written: the text itself, <c>file:/path</c>, <c>env:NAME</c>, or <c>sealed:…</c> as the cluster shows one that it keeps.</summary>
internal static class Secrets
{
    public const int MaxLength = 8192;
    private const string Sealed = "sealed:";
    private const int MaxSealedText = 7 + ((SealedSecret.MaxSize + 2) / 3 * 4);
    internal const string File = "file:";
    internal const string Variable = "env:";

    /// <summary>As files show it: a reference, or the sealed form. A text in clear is what it is.</summary>
    public static string Shown(Secret? secret) => secret switch
    {
        null => "",
        { Sealed.Length: > 0 } => Sealed + secret.Sealed.ToBase64(),
        _ => secret.Text,
    };

    /// <summary>For lists: where it is found, or only that there is one.</summary>
    public static string Masked(string shown) =>
        IsReference(shown) ? shown : shown.StartsWith(Sealed, StringComparison.Ordinal) ? "(sealed)" : "(set)";

    public static bool IsReference(string text) => text.StartsWith(File, StringComparison.Ordinal) || text.StartsWith(Variable, StringComparison.Ordinal);

    public static Secret Of(string text) => text.StartsWith(Sealed, StringComparison.Ordinal) && TryBytes(text[Sealed.Length..], out byte[] bytes)
        ? new Secret { Sealed = Google.Protobuf.ByteString.CopyFrom(bytes) }
        : new Secret { Text = text };

    /// <summary>What is wrong with it, without repeating it.</summary>
    public static string? FaultOf(string text)
    {
        if (text.StartsWith(Sealed, StringComparison.Ordinal))
            return text.Length <= MaxSealedText && TryBytes(text[Sealed.Length..], out byte[] bytes) && SealedSecret.IsShaped(bytes) ? null : "is not what the cluster sealed";
        if (text.Length > MaxLength)
            return $"is {text.Length} characters long; at most {MaxLength} are allowed";
        if (text.StartsWith(File, StringComparison.Ordinal) && !Path.IsPathRooted(text[File.Length..]))
            return "file: needs an absolute path, the same on every node";
        if (text.StartsWith(Variable, StringComparison.Ordinal) && !text[Variable.Length..].All(static c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            return "env: needs the name of a variable";
        return text.Any(static c => c < ' ' && c is not ('\n' or '\r' or '\t')) ? "has a control character" : null;
    }

    private static bool TryBytes(string text, out byte[] bytes)
    {
        bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out int length))
            return false;
        bytes = bytes[..length];
        return true;
    }
}
