using System.Net;
using Grpc.Core;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Controller.Host;

namespace Uptrakit.Controller.Gateway;

/// <summary>What anybody may call, and nothing else: bounded for each address, small, and without memory of strangers.</summary>
internal sealed class EnrollmentService(EnrollmentDesk desk, EnrollmentLimit limit) : Enrollment.EnrollmentBase
{
    public override async Task<EnrollReply> Enroll(EnrollRequest request, ServerCallContext context)
    {
        HttpContext http = context.GetHttpContext();
        IPAddress? from = http.Connection.RemoteIpAddress;
        if (!limit.TryTakeFor(from))
            throw new RpcException(new Status(StatusCode.ResourceExhausted, "too many enrollments from this address: try again in a minute"));
        if (http.Features.Get<ShownKey>() is not { } shown)
            throw new RpcException(new Status(StatusCode.FailedPrecondition, "enrollment needs TLS"));

        EnrollmentRequest? read = EnrollmentRequest.Read(request, shown.Key, from, out EnrollFault fault, out string words);
        if (read is null)
            return new EnrollReply { Refused = new EnrollRefused { Fault = fault, Message = words } };
        EnrollReply reply = await desk.EnrollAsync(read, context.CancellationToken);
        // Who holds a token is bounded by it; the limit is for those who guess, and for those who ask without one.
        if (reply.Enrolled is not null)
            limit.GiveBackTo(from);
        return reply;
    }
}

/// <summary>How often one address may try in vain: a rack behind one NAT gets in, a guesser gets nowhere.</summary>
internal sealed class EnrollmentLimit(TimeProvider clock)
{
    private const double PerSecond = 5;
    private const double Burst = 100;
    private readonly AddressBuckets buckets = new(PerSecond, Burst, clock);

    public bool TryTakeFor(IPAddress? address) => buckets.TryTakeFor(address);

    public void GiveBackTo(IPAddress? address) => buckets.GiveBackTo(address);
}
