using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Contracts.Client;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Services;
using Uptrakit.Services.Bootstrap;
using Uptrakit.Services.Host;
using Uptrakit.Services.Identity;
using Uptrakit.Services.Session;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Enrollment;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Bench.Fleet;

/// <summary>A host that enrolls, as an Agent does it: one verified connection, one proof, one certificate.</summary>
internal sealed class Recruit(int number, ServiceKey key, EnrollRequest request)
{
    public static readonly ServiceProfile Profile = new("uptrakit-agent", ServiceKind.Agent, "a simulated one");
    public static readonly HostFacts Facts = new HostReader().Read();

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private Enrolled? enrolled;

    /// <summary>With the key and the proof made beforehand: on real hosts other processors than the Controller's make them.</summary>
    public static Recruit Prepare(int number, ServiceToken token, SpkiFingerprint serverKey)
    {
        ServiceKey key = ServiceKey.Create();
        return new(number, key, new EnrollCall(Profile, $"host-{number:D5}", token, Facts, TimeProvider.System).Request(key, serverKey));
    }

    public async Task EnrollAsync(ControllerAddress address, ServerPolicy policy)
    {
        using CancellationTokenSource deadline = new(Patience);
        using ControllerChannel channel = new(address, policy, TimeProvider.System);
        channel.Handler.Http.ConnectCallback = ConnectAsync;
        await channel.OpenAsync(address.Base, deadline.Token);
        EnrollReply reply = await new Enrollment.EnrollmentClient(channel.Grpc).EnrollAsync(request, cancellationToken: deadline.Token);
        enrolled = reply.Enrolled ?? throw new InvalidOperationException($"not enrolled: {reply}");
    }

    /// <summary>Who it is now, and by what it verifies the Controller.</summary>
    /// <param name="address">Where it was enrolled.</param>
    /// <param name="bundle">The Controller's; one for all saves the memory of copies.</param>
    public Standing Stand(ControllerAddress address, CertificateBundle bundle)
    {
        if (enrolled is null
            || !CertificateLists.TryChain(enrolled.Chain.Select(static der => der.ToByteArray()), out IReadOnlyList<X509Certificate2>? chain, out _))
            throw new InvalidOperationException("the answer to the enrollment cannot be read");
        StoredTrust trust = new(TrustMode.System, null, null, ByPinnedKey: false, bundle, []);
        StoredIdentity identity = new(Guid.Parse(enrolled.ServiceId), chain, []);
        ServiceState state = new(Guid.Parse(enrolled.ControllerId), [address], trust, identity);
        return new(state, key, new ControllerTrust(ServerTrust.System(), trust, TrustAnchors.None));
    }

    /// <summary>From an address of its own: the Controller lets one address enroll five in a second.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(new IPAddress([127, 1, (byte)(number / 250), (byte)(1 + (number % 250))]), 0));
            await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
