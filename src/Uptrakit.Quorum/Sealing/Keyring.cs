using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Quorum.Sealing;

/// <summary>The keys of the cluster that this member can open, each unwrapped once, and what they open.</summary>
internal sealed class Keyring(NodeId self, SealKeys own, StateStore store) : ISealedSecrets
{
    // More than a state holds.
    private const int Limit = 256;

    private readonly string self = self.ToString();
    private readonly ConcurrentDictionary<ByteString, byte[]> opened = new();

    internal SealKeys Own => own;

    public bool TryOpen(SecretPlace place, ReadOnlySpan<byte> bytes, out string text, out string fault)
    {
        text = "";
        fault = "";
        ClusterState state = store.State;
        if (!SealedSecret.IsShaped(bytes))
            fault = "a sealed secret is damaged: set it again";
        else if (state.SealingKeyOf(SealedSecret.KeyId(bytes)) is not { } key)
            fault = "a secret is sealed with a key that this cluster no longer has: set it again";
        else if (!TryKey(state, key, out byte[]? secret))
            fault = "a secret is sealed with a key that this node has not been given: a member that has it gives it within seconds; if none has, set the secret again";
        else if (!SealBox.TryOpen(secret, state.ClusterId, place, bytes, out string? opened))
            fault = "a sealed secret was moved from another place, or changed: set it again";
        else
            text = opened;
        return fault.Length == 0;
    }

    internal bool TryKey(ClusterState state, SealingKey key, [NotNullWhen(true)] out byte[]? secret)
    {
        if (opened.TryGetValue(key.Id, out secret))
            return true;
        SealingWrap? wrap = key.Wraps.FirstOrDefault(each => each.NodeId == self);
        if (wrap is null || !own.TryUnwrap(wrap, state.ClusterId, key, out secret))
            return false;
        if (opened.Count >= Limit)
            opened.Clear();
        opened[key.Id] = secret;
        return true;
    }

    public override string ToString() => $"{opened.Count} keys";
}
