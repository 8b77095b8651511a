using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Grpc.Core;
using Uptrakit.Contracts.Client;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Controller.Host;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Enrollment;

namespace Uptrakit.Tests.Fleet;

/// <summary>The outer half of a Service, bare: a key, and the calls of the gateway. What goes wrong shows.</summary>
internal sealed class TestService : IDisposable
{
    private readonly TestController controller;
    private ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestService(TestController controller, string name = "web-1", ServiceKind kind = ServiceKind.Agent)
    {
        (this.controller, Name, Kind) = (controller, name, kind);
    }

    public string Name { get; }

    public ServiceKind Kind { get; }

    public SpkiFingerprint Key => SpkiFingerprint.OfSubjectPublicKeyInfo(key.ExportSubjectPublicKeyInfo());

    public Guid Id { get; private set; }

    /// <summary>With its key; null before it was let in.</summary>
    public X509Certificate2? Certificate { get; private set; }

    public IReadOnlyList<X509Certificate2> Above { get; private set; } = [];

    /// <summary>Enrolls, over a connection of its own.</summary>
    public async Task<EnrollReply> EnrollAsync(ServiceToken? token, CancellationToken cancel, Action<EnrollRequest>? change = null)
    {
        EnrollRequest request = Request(token, controller.Get<ServerCertificate>().Current.Key);
        change?.Invoke(request);
        return Take(await new Enrollment.EnrollmentClient(controller.Channel()).EnrollAsync(request, cancellationToken: cancel));
    }

    /// <summary>Enrolls a new Service, or fails the test.</summary>
    public static async Task<TestService> EnrolledAsync(TestController controller, CancellationToken cancel, string name = "web-1")
    {
        TestService service = new(controller, name);
        EnrollReply reply = await service.EnrollAsync(await controller.TokenAsync(cancel), cancel);
        Assert.Equal(EnrollReply.OutcomeOneofCase.Enrolled, reply.OutcomeCase);
        return service;
    }

    public EnrollRequest Request(ServiceToken? token, SpkiFingerprint serverKey, string subject = "CN=web-1")
    {
        EnrollRequest request = new() { Csr = ByteString.CopyFrom(Csr(key, subject)), FriendlyName = Name, Kind = Kind, Version = "0.1.0" };
        if (token is not null)
        {
            byte[] nonce = RandomNumberGenerator.GetBytes(ServiceProofInput.NonceSize);
            request.Token = new TokenProof
            {
                TokenId = token.Id,
                Nonce = ByteString.CopyFrom(nonce),
                Signature = ByteString.CopyFrom(token.Sign(new ServiceProofInput(token.Id, serverKey, Key, nonce, Name))),
            };
        }

        return request;
    }

    public EnrollReply Take(EnrollReply reply)
    {
        if (reply.Enrolled is not { } enrolled)
            return reply;
        Id = Guid.Parse(enrolled.ServiceId);
        TakeChain(enrolled.Chain, key);
        return reply;
    }

    public VerifiedHandler Handler() => controller.Handler(Certificate, Above);

    public Gateway.GatewayClient Client() => new(controller.Channel(Certificate, Above));

    /// <summary>Connects and says hello.</summary>
    public async Task<TestLink> ConnectAsync(CancellationToken cancel, TrustReport? trust = null)
    {
        AsyncDuplexStreamingCall<ServiceMessage, ControllerMessage> call = Client().Connect(cancellationToken: cancel);
        TestLink link = new(call);
        await call.RequestStream.WriteAsync(new ServiceMessage
        {
            Hello = new Hello { Version = "0.1.0", Kind = Kind, FriendlyName = Name, Trust = trust ?? Trusts(controller.Root), Facts = new HostFacts { Hostname = "web-1" } },
        }, cancel);
        return link;
    }

    public static TrustReport Trusts(params X509Certificate2[] anchors)
    {
        TrustReport report = new() { Mode = "pin-fingerprint" };
        report.Anchors.AddRange(anchors.Select(static anchor => ByteString.CopyFrom(CertificateFingerprint.Of(anchor).Bytes)));
        return report;
    }

    /// <summary>Renews with a fresh key.</summary>
    public async Task RenewAsync(CancellationToken cancel)
    {
        ECDsa fresh = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        RenewReply reply = await Client().RenewAsync(new RenewRequest { Csr = ByteString.CopyFrom(Csr(fresh, "CN=x")) }, cancellationToken: cancel);
        TakeChain(reply.Chain, fresh);
        key.Dispose();
        key = fresh;
    }

    public byte[] OwnCsr() => Csr(key, "CN=x");

    public void Dispose()
    {
        key.Dispose();
        Certificate?.Dispose();
    }

    private static byte[] Csr(ECDsa key, string subject) => new CertificateRequest(subject, key, HashAlgorithmName.SHA256).CreateSigningRequest();

    private void TakeChain(IEnumerable<ByteString> chain, ECDsa own)
    {
        X509Certificate2[] certificates = [.. chain.Select(static der => X509CertificateLoader.LoadCertificate(der.Span))];
        Certificate = certificates[0].CopyWithPrivateKey(own);
        Above = certificates[1..];
    }
}

/// <summary>A connection of a Service.</summary>
internal sealed class TestLink(AsyncDuplexStreamingCall<ServiceMessage, ControllerMessage> call) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The next message of that kind; others are passed over.</summary>
    public async Task<ControllerMessage> NextAsync(ControllerMessage.KindOneofCase kind, CancellationToken cancel)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        while (await call.ResponseStream.MoveNext(limit.Token))
        {
            if (call.ResponseStream.Current.KindCase == kind)
                return call.ResponseStream.Current;
        }

        throw new InvalidOperationException($"the stream ended without {kind}");
    }

    public Task SendAsync(ServiceMessage message, CancellationToken cancel) => call.RequestStream.WriteAsync(message, cancel);

    public Task HangUpAsync() => call.RequestStream.CompleteAsync();

    public void Dispose() => call.Dispose();
}
