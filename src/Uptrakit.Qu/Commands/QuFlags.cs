using System.CommandLine;
using Uptrakit.Quorum.Membership;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Commands;

/// <summary>Options of a node that several commands take.</summary>
internal static class QuFlags
{
    internal static Option<string?> KeyType() => Flags.OneOf("--key-type", "key of this node (default p256)", "p256", "rsa3072");

    internal static Option<string?> Advertise() =>
        Flags.Checked("--advertise", "host:port", "where the other nodes reach this one", text => NodeFileValues.Advertise(text, out _));

    internal static Option<string?> Bind() => Flags.Checked("--bind", "address", "address to listen on (default 0.0.0.0)", text =>
        NodeFileValues.BindAddress(text, out _));

    /// <summary>The sentence of the state's own rule, without the field that it begins with.</summary>
    internal static string? FaultOfResolver(string text) => Validation.FaultOfResolver(text)?["resolvers: ".Length..];

    internal static Option<int?> Port() => Flags.Number("--port", "port to listen on (default 9901)", 1, 65535);
}
