using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Grpc.Core;
using Uptrakit.CommandLine;
using Uptrakit.Contracts.Client;
using Uptrakit.Contracts.Gateway;

namespace Uptrakit.Services.Session;

/// <summary>One connection to the Controller: mutual TLS, one stream, from Hello to its end.</summary>
internal sealed class GatewayLink : IAsyncDisposable
{
    private const int OutboxSize = 32;
    private static readonly TimeSpan WelcomeTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan FarewellTime = TimeSpan.FromSeconds(2);

    private readonly Channel<ServiceMessage> outbox = Channel.CreateBounded<ServiceMessage>(OutboxSize);
    private readonly TaskCompletionSource welcomed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource stop = new();
    private readonly ILinkListener listener;
    private readonly TimeProvider clock;
    private readonly X509Certificate2 own;
    private readonly ControllerChannel channel;

    /// <summary>Connects, as who this Service is now and trusting whom it trusts now.</summary>
    public GatewayLink(ControllerAddress address, Stand stand, Hello hello, ILinkListener listener, TimeProvider clock)
    {
        this.listener = listener;
        this.clock = clock;
        Address = address;
        Stand = stand;
        own = stand.Key.Join(stand.Service.Leaf);
        channel = new ControllerChannel(address, stand.Trust.Policy, clock, SslStreamCertificateContext.Create(
            own, [.. stand.Service.Chain.Skip(1)], offline: true));
        Client = new Gateway.GatewayClient(channel.Grpc);
        End = RunAsync(hello);
    }

    public ControllerAddress Address { get; }

    /// <summary>What the connection was made with.</summary>
    public Stand Stand { get; }

    /// <summary>For calls beside the stream.</summary>
    public Gateway.GatewayClient Client { get; }

    /// <summary>Ends when the connection does; never faults for what happens on the network.</summary>
    public Task<LinkEnd> End { get; }

    /// <summary>Ends when the Controller has taken the connection; stays open when it does not.</summary>
    public Task Welcomed => welcomed.Task;

    /// <summary>Puts a message into the queue. Waits while that is full; what comes after the end is dropped.</summary>
    public async Task SendAsync(ServiceMessage message, CancellationToken cancel)
    {
        try
        {
            await outbox.Writer.WriteAsync(message, cancel);
        }
        catch (ChannelClosedException)
        {
            // The next connection begins with a Hello that says it all.
        }
    }

    /// <summary>Says good-bye: half-closes, and leaves the Controller a moment to end the stream.</summary>
    public async Task CloseAsync()
    {
        outbox.Writer.TryComplete();
        await Task.WhenAny(End, Task.Delay(FarewellTime, CancellationToken.None));
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!stop.IsCancellationRequested)
            await stop.CancelAsync();
        await End;
        channel.Dispose();
        own.Dispose();
    }

    private async Task<LinkEnd> RunAsync(Hello hello)
    {
        // The constructor is not to wait for the handshake.
        await Task.Yield();
        try
        {
            using AsyncDuplexStreamingCall<ServiceMessage, ControllerMessage> call = Client.Connect(cancellationToken: stop.Token);
            await GreetAsync(call.RequestStream, hello);
            Task pump = PumpAsync(call.RequestStream);
            LinkEnd end = await ReadAsync(call.ResponseStream);
            outbox.Writer.TryComplete();
            await stop.CancelAsync();
            await pump;
            return end;
        }
        catch (Exception broken) when (broken is RpcException or OperationCanceledException or IOException or InvalidOperationException)
        {
            return Ended(broken);
        }
        finally
        {
            outbox.Writer.TryComplete();
        }
    }

    private async Task GreetAsync(IClientStreamWriter<ServiceMessage> messages, Hello hello)
    {
        try
        {
            await messages.WriteAsync(new ServiceMessage { Hello = hello }, stop.Token);
        }
        catch (Exception ended) when (ended is InvalidOperationException or IOException)
        {
            // The Controller has ended the call before it heard this; what is read next says why.
        }
    }

    private LinkEnd Ended(Exception broken) => broken switch
    {
        _ when channel.RefusalBy(broken) is { } refusal => new LinkEnd(LinkEndKind.NotTrusted, refusal),
        _ when stop.IsCancellationRequested => new LinkEnd(LinkEndKind.Lost, "it was closed from here"),
        RpcException { StatusCode: StatusCode.PermissionDenied } fault => new LinkEnd(LinkEndKind.Revoked, LinkWords.Of(fault)),
        RpcException { StatusCode: StatusCode.Unauthenticated } fault => new LinkEnd(LinkEndKind.NotAdmitted, LinkWords.Of(fault)),
        RpcException fault => new LinkEnd(LinkEndKind.Lost, LinkWords.Of(fault)),
        _ => new LinkEnd(LinkEndKind.Lost, "it did not answer in time"),
    };

    private async Task<LinkEnd> ReadAsync(IAsyncStreamReader<ControllerMessage> messages)
    {
        using (CancellationTokenSource time = new(WelcomeTime, clock))
        using (CancellationTokenSource first = CancellationTokenSource.CreateLinkedTokenSource(time.Token, stop.Token))
        {
            if (await NextAsync(messages, first.Token) is { } early)
                return early;
        }

        while (true)
        {
            if (await NextAsync(messages, stop.Token) is { } end)
                return end;
        }
    }

    private async Task<LinkEnd?> NextAsync(IAsyncStreamReader<ControllerMessage> messages, CancellationToken cancel)
    {
        if (!await messages.MoveNext(cancel))
            return new LinkEnd(LinkEndKind.Lost, "the Controller ended it");
        ControllerMessage message = messages.Current;
        switch (message.KindCase)
        {
            case ControllerMessage.KindOneofCase.Welcome:
                return await TakeAsync(message.Welcome);
            case ControllerMessage.KindOneofCase.Goodbye:
                return Of(message.Goodbye);
            case ControllerMessage.KindOneofCase.Ping:
                await SendAsync(new ServiceMessage { Pong = new Pong { Id = message.Ping.Id } }, stop.Token);
                return null;
            case ControllerMessage.KindOneofCase.Bundle when welcomed.Task.IsCompleted:
                await listener.BundleAsync(this, message.Bundle, stop.Token);
                return null;
            case ControllerMessage.KindOneofCase.RenewNow:
                listener.RenewalAsked();
                return null;
            default:
                return null; // of a later version
        }
    }

    private async Task<LinkEnd?> TakeAsync(Welcome welcome)
    {
        if (!Guid.TryParseExact(welcome.ControllerId, "D", out Guid controller) || controller != Stand.ControllerId)
            return new LinkEnd(LinkEndKind.NotTrusted, $"it is Controller {Plain.Line(welcome.ControllerId)}, and this Service "
                + $"belongs to {Stand.ControllerId}: give the address of that one, or enroll anew with --force-enroll");
        await listener.WelcomedAsync(this, welcome, stop.Token);
        welcomed.TrySetResult();
        return null;
    }

    private static LinkEnd Of(Goodbye goodbye)
    {
        string said = Plain.Line(goodbye.Message);
        return goodbye.Reason switch
        {
            GoodbyeReason.Revoked => new LinkEnd(LinkEndKind.Revoked, said.Length > 0 ? said : "this Service was revoked"),
            GoodbyeReason.Restart => new LinkEnd(LinkEndKind.Restart, said.Length > 0 ? said : "the Controller restarts"),
            GoodbyeReason.Replaced => new LinkEnd(LinkEndKind.Replaced, said.Length > 0 ? said : "another connection took over"),
            _ => new LinkEnd(LinkEndKind.Lost, said.Length > 0 ? said : "the Controller said good-bye"),
        };
    }

    private async Task PumpAsync(IClientStreamWriter<ServiceMessage> messages)
    {
        try
        {
            await foreach (ServiceMessage message in outbox.Reader.ReadAllAsync(stop.Token))
                await messages.WriteAsync(message, stop.Token);
            await messages.CompleteAsync();
        }
        catch (Exception over) when (over is RpcException or IOException or OperationCanceledException or InvalidOperationException)
        {
            // The reading side sees the end too, and says why.
        }
    }
}
