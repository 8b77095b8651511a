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
        return read is null
            ? new EnrollReply { Refused = new EnrollRefused { Fault = fault, Message = words } }
            : await desk.EnrollAsync(read, context.CancellationToken);
    }
}

/// <summary>How often one address may try: a rack behind one NAT gets in, a guesser gets nowhere.</summary>
internal sealed class EnrollmentLimit
{
    private readonly AddressBuckets buckets;

    public EnrollmentLimit(TimeProvider clock, EnrollmentRate? rate = null)
    {
        rate ??= new EnrollmentRate();
        buckets = new AddressBuckets(rate.PerSecond, rate.Burst, clock);
    }

    public bool TryTakeFor(IPAddress? address) => buckets.TryTakeFor(address);
}

/// <param name="PerSecond">On average.</param>
/// <param name="Burst">After a quiet time.</param>
internal sealed record EnrollmentRate(double PerSecond = 5, double Burst = 100);
