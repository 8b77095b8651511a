using System.Security.Cryptography;
using Google.Protobuf;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Enrollment;
using Uptrakit.Trust.Identity;

namespace Uptrakit.EndToEnd;

/// <summary>Requests to enroll, made by hand so that each part of the proof can be wrong.</summary>
internal static class Enrolling
{
    public const string Advertise = "127.0.0.1:9";

    public static EnrollmentToken Parse(string text) => EnrollmentToken.TryParse(text, out EnrollmentToken? token, out TokenFault fault)
        ? token
        : throw new InvalidOperationException(EnrollmentToken.Describe(fault));

    public static NodeIdentity NewKey(NodeId? id = null) => NodeIdentity.Create(id ?? NodeId.New(), KeyType.EcdsaP256, TimeProvider.System);

    /// <summary>An honest request of the joiner to the server, unless another token signs it.</summary>
    public static EnrollRequest Request(EnrollmentToken token, SpkiFingerprint server, NodeIdentity joiner, EnrollmentToken? signer = null)
    {
        byte[] nonce = RandomNumberGenerator.GetBytes(ProofInput.NonceSize);
        ProofInput input = new(token.Id, server, joiner.Fingerprint, nonce, joiner.NodeId.ToString(), Advertise);
        return new EnrollRequest
        {
            TokenId = token.Id,
            Nonce = ByteString.CopyFrom(nonce),
            Proof = ByteString.CopyFrom((signer ?? token).Sign(input)),
            NodeId = joiner.NodeId.ToString(),
            Advertise = Advertise,
        };
    }

    /// <summary>Sends it under the caller's key, whoever the request speaks of.</summary>
    public static async Task<Outcome> SendAsync(EnrollRequest request, NodeIdentity caller, TestNode to, string from, CancellationToken cancel)
    {
        using PeerCaller peer = new(caller, to, from);
        EnrollReply reply = await peer.Enrollment.EnrollAsync(request, deadline: Deadlines.In(15), cancellationToken: cancel);
        return reply.Outcome;
    }
}
