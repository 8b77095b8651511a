using System.Diagnostics.CodeAnalysis;

// Uptrakit runs on Linux only. Said once here rather than with [SupportedOSPlatform], which every caller would have to repeat.
[module: SuppressMessage("Interoperability", "CA1416", Justification = "Linux only")]
