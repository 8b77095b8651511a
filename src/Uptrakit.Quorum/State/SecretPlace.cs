using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Uptrakit.Quorum.State;

/// <summary>What a secret is for. A sealed one opens in its own place and nowhere else.</summary>
/// <param name="ObjectId">The check or alert.</param>
/// <param name="Field">As <see cref="SecretSlots"/> calls it.</param>
internal readonly record struct SecretPlace(string ObjectId, string Field)
{
    /// <summary>Cluster, object and field, each with its length in front, so that no two places have the same bytes.</summary>
    internal byte[] Context(string clusterId)
    {
        List<byte> context = [.. "uptrakit sealed secret v1"u8];
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (string part in (ReadOnlySpan<string>)[clusterId, ObjectId, Field])
        {
            byte[] bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            context.AddRange(length);
            context.AddRange(bytes);
        }

        return [.. context];
    }

    /// <summary>Says which place a sealed secret is for, so that one that was moved is refused by who cannot open it, too.</summary>
    internal byte[] Binding(string clusterId) => SHA256.HashData(Context(clusterId))[..SealedSecret.BindingSize];
}
