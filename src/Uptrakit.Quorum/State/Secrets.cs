namespace Uptrakit.Quorum.State;

/// <summary>Secrets as they are written: the text itself, <c>file:/path</c>, <c>env:NAME</c>, or <c>sealed:…</c> as the cluster shows one that it keeps.</summary>
internal static class Secrets
{
    public const int MaxLength = 8192;
    private const string Sealed = "sealed:";
    private const int MaxSealedText = 7 + ((SealedSecret.MaxSize + 2) / 3 * 4);

    /// <summary>In a file, in place of a secret: it stays as the cluster has it.</summary>
    internal const string Kept = "kept:";

    /// <summary>What is told where <see cref="Kept"/> stands for nothing.</summary>
    internal const string NothingKept = "the cluster has none to keep; write it, or where it is: file:/path or env:QUPTIME_SECRET_NAME";

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

    /// <summary>Whether the text itself is the secret.</summary>
    public static bool IsClear(string text) => text.Length > 0 && text != Kept && !IsReference(text) && !text.StartsWith(Sealed, StringComparison.Ordinal);

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
