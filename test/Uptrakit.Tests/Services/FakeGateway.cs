using System.Threading.Channels;
using Grpc.Core;
using Uptrakit.Contracts.Gateway;
using Uptrakit.Trust.Digests;

namespace Uptrakit.Tests.Services;

/// <summary>A stream of a connected Service, as the Controller sees it.</summary>
internal sealed class FakeStream(SpkiFingerprint client)
{
    private readonly Channel<ControllerMessage> outgoing = Channel.CreateUnbounded<ControllerMessage>();

    public SpkiFingerprint Client => client;

    public Channel<ServiceMessage> Received { get; } = Channel.CreateUnbounded<ServiceMessage>();

    public Hello Hello { get; set; } = new();

    public bool HasEnded { get; set; }

    public ChannelReader<ControllerMessage> Outgoing => outgoing.Reader;

    public void Send(ControllerMessage message) => outgoing.Writer.TryWrite(message);

    public void SayGoodbye(GoodbyeReason reason)
    {
        Send(new ControllerMessage { Goodbye = new Goodbye { Reason = reason } });
        outgoing.Writer.TryComplete();
    }

    public void Hang() => outgoing.Writer.TryComplete();
}

/// <summary>Welcomes whoever shows a certificate, unless the test says otherwise.</summary>
internal sealed class FakeGateway(Func<FakeController> self) : Gateway.GatewayBase
{
    public override async Task Connect(
        IAsyncStreamReader<ServiceMessage> requestStream, IServerStreamWriter<ControllerMessage> responseStream, ServerCallContext context)
    {
        FakeController controller = self();
        if (controller.OnConnect?.Invoke() is { } refusal)
            throw refusal;
        if (context.GetHttpContext().Connection.ClientCertificate is not { } certificate)
            throw new RpcException(new Status(StatusCode.Unauthenticated, "no certificate"));
        if (controller.Admits?.Invoke(certificate) is false)
            throw new RpcException(new Status(StatusCode.Unauthenticated, "a foreign certificate"));

        Assert.True(await requestStream.MoveNext(context.CancellationToken));
        FakeStream stream = new(SpkiFingerprint.Of(certificate)) { Hello = requestStream.Current.Hello };
        Bundle bundle = new() { Anchors = { controller.Bundle.Certificates.Select(FakeEnrollment.Der) } };
        await responseStream.WriteAsync(new ControllerMessage
        {
            Welcome = new Welcome { ControllerId = controller.Id.ToString(), ControllerVersion = "1", Bundle = bundle },
        });
        controller.Streams.Enqueue(stream);
        Task reading = ReadAsync(requestStream, stream, context.CancellationToken);
        try
        {
            await foreach (ControllerMessage message in stream.Outgoing.ReadAllAsync(context.CancellationToken))
                await responseStream.WriteAsync(message);
        }
        finally
        {
            stream.HasEnded = true;
        }

        _ = reading;
    }

    public override Task<RenewReply> Renew(RenewRequest request, ServerCallContext context)
    {
        FakeController controller = self();
        controller.Renewals.Enqueue(request);
        if (controller.OnRenew?.Invoke() is { } refusal)
            throw refusal;
        string id = context.GetHttpContext().Connection.ClientCertificate!.Subject["CN=".Length..];
        return Task.FromResult(new RenewReply
        {
            Chain =
            {
                FakeEnrollment.Der(controller.Issue(request.Csr.ToByteArray(), Guid.Parse(id))),
                FakeEnrollment.Der(controller.Ca.Issuing.Certificate),
            },
        });
    }

    private static async Task ReadAsync(IAsyncStreamReader<ServiceMessage> messages, FakeStream stream, CancellationToken cancel)
    {
        try
        {
            while (await messages.MoveNext(cancel))
                stream.Received.Writer.TryWrite(messages.Current);
            stream.Hang();
        }
        catch (Exception over) when (over is IOException or OperationCanceledException or RpcException or InvalidOperationException)
        {
            stream.HasEnded = true;
        }
    }
}
