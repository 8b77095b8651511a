using System.Collections.Immutable;

namespace Uptrakit.Cli.Configuration;

/// <summary>What `uptrakit` remembers between runs: whom it trusts and what it is signed in with, by Controller.</summary>
/// <param name="Version">The form of the file; 1.</param>
/// <param name="DefaultServer">The Controller that is meant when none is named: the one that was signed in to last.</param>
/// <param name="Servers">By address, as `https://host:port`.</param>
internal sealed record CliConfig(int Version, string? DefaultServer, ImmutableSortedDictionary<string, ServerEntry> Servers)
{
    internal const int CurrentVersion = 1;

    internal static CliConfig Empty { get; } = new(CurrentVersion, null, ImmutableSortedDictionary<string, ServerEntry>.Empty);

    internal ServerEntry Of(string server) => Servers.GetValueOrDefault(server) ?? ServerEntry.Empty;

    /// <summary>Replaces what is known of one Controller. One of which nothing is known is forgotten.</summary>
    internal CliConfig With(string server, ServerEntry entry)
    {
        if (entry == ServerEntry.Empty)
            return this with { Servers = Servers.Remove(server), DefaultServer = DefaultServer == server ? null : DefaultServer };
        return this with { Servers = Servers.SetItem(server, entry) };
    }
}

/// <summary>What is known of one Controller.</summary>
/// <param name="Ca">The authority that must have issued its certificate; null for the roots of this machine.</param>
/// <param name="Token">What it was signed in with; null when signed out.</param>
internal sealed record ServerEntry(StoredCa? Ca, StoredToken? Token)
{
    internal static ServerEntry Empty { get; } = new(null, null);
}

/// <summary>The authority of a Controller.</summary>
/// <param name="Pem">Its certificate.</param>
/// <param name="Fingerprint">SHA-256 of its DER, 64 lower-case hex digits: for people who read the file.</param>
/// <param name="TrustedAt">When the operator compared it, UTC.</param>
internal sealed record StoredCa(string Pem, string Fingerprint, DateTimeOffset TrustedAt);

/// <summary>What the Controller knows the operator by.</summary>
/// <param name="Kind">"device" after a login in the browser, "api" for an API token.</param>
/// <param name="Access">What is sent.</param>
/// <param name="Refresh">Gets a new one; null for an API token.</param>
/// <param name="ExpiresAt">When <paramref name="Access"/> ends, UTC, if that is known.</param>
/// <param name="Verified">Whether the Controller was verified when it was got; see `--insecure`.</param>
internal sealed record StoredToken(string Kind, string Access, string? Refresh, DateTimeOffset? ExpiresAt, bool Verified)
{
    internal const string Device = "device";
    internal const string Api = "api";

    /// <summary>Without the secrets, for a log or a message that catches one by mistake.</summary>
    public override string ToString() => $"{Kind} token";
}
