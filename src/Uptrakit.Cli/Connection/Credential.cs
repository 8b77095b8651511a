using Uptrakit.Cli.Configuration;

namespace Uptrakit.Cli.Connection;

/// <summary>What the operator is known by in this run.</summary>
/// <param name="Text">What is sent; a secret.</param>
/// <param name="Stored">Where it comes from the configuration: what renews it. Null when it was given.</param>
internal sealed record Credential(string Text, StoredToken? Stored)
{
    /// <summary>Without the secret.</summary>
    public override string ToString() => Stored is null ? "given token" : Stored.ToString();
}
