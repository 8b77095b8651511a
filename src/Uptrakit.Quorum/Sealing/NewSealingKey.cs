using System.Security.Cryptography;
using Google.Protobuf;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Sealing;

/// <summary>Makes a key of the cluster and wraps it for all who are to have it. Needs nobody's private key.</summary>
internal static class NewSealingKey
{
    internal static readonly SealingAudience[] Audiences = [SealingAudience.Voters, SealingAudience.Members];

    internal static SealingKey For(string clusterId, SealingAudience audience, IEnumerable<Peer> members)
    {
        SealingKey made = new()
        {
            Id = ByteString.CopyFrom(RandomNumberGenerator.GetBytes(SealedSecret.KeyIdSize)),
            Audience = audience,
        };
        byte[] key = RandomNumberGenerator.GetBytes(SealWraps.KeySize);
        try
        {
            foreach (Peer member in members.Where(peer => SealShapes.IsFor(peer, audience)))
            {
                if (SealWraps.Of(key, clusterId, made, member) is { } wrap)
                    made.Wraps.Add(wrap);
            }
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }

        return made;
    }
}
