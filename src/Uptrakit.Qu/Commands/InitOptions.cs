namespace Uptrakit.Qu.Commands;

/// <summary>What the operator told about this node; null is what was left to the environment and the defaults.</summary>
internal sealed record InitOptions(string? Advertise, string? Bind, int? Port, string? KeyType);
