namespace Uptrakit.Quorum.State;

/// <summary>Secrets in clear, sealed ones, and those in files and in the environment of this node.</summary>
/// <param name="folder">
/// Where `file:` may read; null is anywhere. Who may add a check to the cluster could otherwise have any node send its own
/// private key to a target: that file, too, belongs to the daemon and is 0600.
/// </param>
/// <param name="prefix">How the names of variables begin that may be read; null is any, for the same reason.</param>
/// <param name="opener">Opens what is sealed; null: nothing sealed can be used.</param>
internal sealed class NodeSecrets(string? folder = null, string? prefix = null, ISealedSecrets? opener = null) : ISecrets
{
    /// <summary>How the variables begin that a daemon reads.</summary>
    internal const string DaemonPrefix = "QUPTIME_SECRET_";

    /// <summary>The folder in its data folder from which a daemon reads.</summary>
    internal const string DaemonFolder = "secrets";

    /// <summary>Whether the text is in the state itself, so that it changes only when the state does.</summary>
    internal static bool IsKept(Secret? secret) => secret is null || !secret.Sealed.IsEmpty || !Secrets.IsReference(secret.Text);

    public bool TryRead(SecretPlace place, Secret? secret, out string text, out string fault)
    {
        text = "";
        fault = "";
        if (secret is null)
            return true;
        if (!secret.Sealed.IsEmpty)
            return opener?.TryOpen(place, secret.Sealed.Span, out text, out fault) ?? Refuse("a secret is sealed, and this node cannot open it: set it again", out fault);
        if (secret.Text.StartsWith(Secrets.File, StringComparison.Ordinal))
            return TryReadFile(secret.Text[Secrets.File.Length..], out text, out fault);
        if (secret.Text.StartsWith(Secrets.Variable, StringComparison.Ordinal))
            return TryReadVariable(secret.Text[Secrets.Variable.Length..], out text, out fault);

        text = secret.Text;
        return true;
    }

    private bool TryReadFile(string path, out string text, out string fault)
    {
        text = "";
        if (!Path.IsPathRooted(path) || path.Contains('\0'))
            return Refuse("a secret's file: must be followed by an absolute path, as in file:/etc/quptime/secrets/token", out fault);
        string full = Path.GetFullPath(path);
        if (folder is not null && !full.StartsWith(Path.TrimEndingDirectorySeparator(folder) + "/", StringComparison.Ordinal))
            return Refuse($"secrets are read from files under {folder} only: move {full} there", out fault);
        return SecretFile.TryRead(full, out text, out fault);
    }

    private bool TryReadVariable(string name, out string text, out string fault)
    {
        text = "";
        fault = "";
        bool wellFormed = name.Length is > 0 and <= 128 && !char.IsAsciiDigit(name[0])
            && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_');
        if (!wellFormed)
            return Refuse("a secret's env: must be followed by the name of a variable, as in env:QUPTIME_SECRET_API", out fault);
        if (prefix is not null && !name.StartsWith(prefix, StringComparison.Ordinal))
            return Refuse($"secrets are read from variables that begin with {prefix} only: rename {name}", out fault);
        if (Environment.GetEnvironmentVariable(name) is not { Length: > 0 } value)
            return Refuse($"the variable {name} is not set for the daemon of this node", out fault);

        text = value;
        return true;
    }

    private static bool Refuse(string why, out string fault)
    {
        fault = why;
        return false;
    }
}
