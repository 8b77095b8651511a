namespace Uptrakit.Cli.Configuration;

/// <summary>Why the configuration cannot be used, and what to do. Holds nothing of its content.</summary>
internal sealed record ConfigFault(string Words, string Hint);
