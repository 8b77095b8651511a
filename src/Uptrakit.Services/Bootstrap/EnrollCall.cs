using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Uptrakit.CommandLine;
using Uptrakit.Contracts.Client;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Services.Identity;
using Uptrakit.Services.Session;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.Services.Bootstrap;

/// <summary>One try to enroll, over one verified connection.</summary>
internal sealed class EnrollCall(ServiceProfile profile, string friendlyName, ServiceToken? token, HostFacts facts, TimeProvider clock)
{
    private static readonly TimeSpan OpenTime = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(30);

    public async Task<EnrollAnswer> SendAsync(ControllerAddress address, ServerPolicy policy, ServiceKey key, CancellationToken cancel)
    {
        using ControllerChannel channel = new(address, policy, clock);
        using CancellationTokenSource deadline = new(OpenTime + AnswerTime, clock);
        using CancellationTokenSource linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancel);
        try
        {
            await channel.OpenAsync(address.Base, linked.Token);
            if (channel.Handler.ServerKey is not { } serverKey)
                return new EnrollAnswer.NotTrusted("the server's key cannot be read");
            Enrollment.EnrollmentClient client = new(channel.Grpc);
            return Answer(await client.EnrollAsync(Request(key, serverKey), cancellationToken: linked.Token));
        }
        catch (HttpRequestException fault)
        {
            return channel.RefusalBy(fault) is { } refusal
                ? new EnrollAnswer.NotTrusted(refusal)
                : new EnrollAnswer.Unreachable(LinkWords.Of(fault));
        }
        catch (RpcException fault)
        {
            // gRPC has its own word for a call that was given up here.
            cancel.ThrowIfCancellationRequested();
            return Answer(fault, channel.RefusalBy(fault));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new EnrollAnswer.Unreachable($"{address} did not answer in time");
        }
    }

    internal EnrollRequest Request(ServiceKey key, SpkiFingerprint serverKey) => new()
    {
        Csr = ByteString.CopyFrom(key.SigningRequest()),
        FriendlyName = friendlyName,
        Kind = profile.Kind,
        Token = token is null ? null : Proof(token, key, serverKey),
        Facts = facts,
        Version = VersionAction.Version,
    };

    // Bound to the key of the server at the other end of this very connection: whoever relays it names his own key.
    private TokenProof Proof(ServiceToken secret, ServiceKey key, SpkiFingerprint serverKey)
    {
        byte[] nonce = RandomNumberGenerator.GetBytes(ServiceProofInput.NonceSize);
        return new TokenProof
        {
            TokenId = secret.Id,
            Nonce = ByteString.CopyFrom(nonce),
            Signature = ByteString.CopyFrom(secret.Sign(new ServiceProofInput(secret.Id, serverKey, key.Fingerprint, nonce, friendlyName))),
        };
    }

    private static EnrollAnswer Answer(EnrollReply reply) => reply.OutcomeCase switch
    {
        EnrollReply.OutcomeOneofCase.Enrolled => new EnrollAnswer.Granted(reply.Enrolled),
        EnrollReply.OutcomeOneofCase.Pending => new EnrollAnswer.Waiting(reply.Pending),
        EnrollReply.OutcomeOneofCase.Refused => new EnrollAnswer.Refused(Words(reply.Refused), reply.Refused.Fault),
        _ => new EnrollAnswer.Unreachable("the Controller's answer holds nothing: is it of another version?"),
    };

    private static EnrollAnswer Answer(RpcException fault, string? refusal) => (refusal, fault.StatusCode) switch
    {
        ({ } words, _) => new EnrollAnswer.NotTrusted(words),
        (_, StatusCode.Unauthenticated or StatusCode.PermissionDenied or StatusCode.InvalidArgument or StatusCode.FailedPrecondition) =>
            new EnrollAnswer.Refused(LinkWords.Of(fault), EnrollFault.Unspecified),
        _ => new EnrollAnswer.Unreachable(LinkWords.Of(fault)),
    };

    private static string Words(EnrollRefused refused)
    {
        string way = refused.Fault switch
        {
            EnrollFault.TokenUnknown => "the token is not one of this Controller",
            EnrollFault.TokenExpired => "the token has expired",
            EnrollFault.TokenUsed => "the token has been used as often as it may be",
            EnrollFault.TokenRevoked => "the token was revoked",
            EnrollFault.TokenOtherCapability => "the token is not for a Service of this kind",
            EnrollFault.Proof => "the proof of the token does not fit this connection",
            EnrollFault.Csr => "the certificate request was not taken",
            EnrollFault.Rejected => "an operator has rejected it",
            EnrollFault.Closed => "a token is needed: the Controller takes no requests without one",
            _ => "no reason was given",
        };
        string said = Plain.Line(refused.Message);
        return said.Length == 0 ? way : $"{way} ({said})";
    }
}
