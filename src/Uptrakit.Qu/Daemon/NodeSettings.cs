using Uptrakit.Qu.Commands;
using Uptrakit.Quorum.Membership;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Qu.Daemon;

/// <summary>Puts together what flags, variables and defaults say of a new node: flags beat variables, variables beat defaults.</summary>
internal static class NodeSettings
{
    /// <summary>The node, or what is wrong with what was asked for.</summary>
    public static (NodeFile? Node, string? Fault) Of(InitOptions flags, Func<string, string?> variable)
    {
        NodeFile node = new NodeFile { NodeId = NodeId.New().ToString() }.WithEnvironment(variable, out IReadOnlyList<string> faults);
        if (faults.Count > 0)
            return (null, string.Join("; ", faults));
        node = node with
        {
            BindAddress = flags.Bind ?? node.BindAddress,
            BindPort = flags.Port ?? node.BindPort,
            Advertise = flags.Advertise ?? node.Advertise,
        };
        if (NodeFileValues.BindAddress(node.BindAddress, out _) is { } bind)
            return (null, $"--bind: {bind}");
        if (node.BindPort is < 1 or > 65535)
            return (null, $"--port: {node.BindPort} is not a port; 1 to 65535 are allowed");
        if (node.Advertise.Length == 0)
            node = node with { Advertise = DefaultAdvertise(node) };
        return Validation.FaultOfAdvertise(node.Advertise) is { } fault ? (null, $"--{fault}") : (node, null);
    }

    public static KeyType? KeyTypeOf(string? text) => text switch
    {
        null or "" or "p256" => KeyType.EcdsaP256,
        "rsa3072" => KeyType.Rsa3072,
        _ => null,
    };

    /// <summary>A node bound to one address is reached there; else by its host's name.</summary>
    private static string DefaultAdvertise(NodeFile node)
    {
        string host = node.BindAddress is "0.0.0.0" or "::" ? Environment.MachineName.ToLowerInvariant() : node.BindAddress;
        return host.Contains(':', StringComparison.Ordinal) ? $"[{host}]:{node.BindPort}" : $"{host}:{node.BindPort}";
    }
}
