using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts;

/// <summary>Gives what a secret of the state stands for on this node.</summary>
/// <returns>The value, or a sentence that says what is wrong and holds no part of it.</returns>
internal delegate ValueTask<(byte[]? Value, string? Fault)> ResolveSecret(SecretPlace place, Secret secret, CancellationToken cancel);
