using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Commands;

/// <summary>What the operator wants an alert to be; null is what is not to change. Not a record: it holds secrets.</summary>
internal sealed class AlertEdits
{
    internal string? Name { get; init; }

    internal string? Url { get; init; }

    internal string? UrlFile { get; init; }

    internal string? SecretFile { get; init; }

    internal bool? IsDefault { get; init; }

    /// <summary>Fields of its type, as field=value.</summary>
    internal string[] Set { get; init; } = [];

    internal AlertValues Values { get; init; } = new();

    internal bool AreNone => Name is null && Url is null && UrlFile is null && SecretFile is null && IsDefault is null && Set.Length == 0 && Values.AreNone;
}
