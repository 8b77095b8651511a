using System.Threading.Channels;
using Uptrakit.Contracts.Gateway;

namespace Uptrakit.Controller.Gateway;

/// <summary>One connected Service: what is to be sent to it, and when it was heard.</summary>
/// <remarks>No timer of its own: <see cref="Pulse"/> looks at all of them. A Service that does not take what is sent is let go.</remarks>
internal sealed class ServiceLink : IDisposable
{
    private const int MostWaiting = 16;

    private readonly Channel<ControllerMessage> outgoing = Channel.CreateBounded<ControllerMessage>(
        new BoundedChannelOptions(MostWaiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly CancellationTokenSource broken;
    private int ending;

    public ServiceLink(ServiceCaller caller, long now, CancellationToken aborted)
    {
        ServiceId = caller.ServiceId;
        CaId = caller.CaId;
        CertificateEnds = caller.CertificateEnds;
        Since = now;
        LastHeard = now;
        broken = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        Broken = broken.Token;
    }

    public Guid ServiceId { get; }

    /// <summary>The CA of its newest certificate, as far as is known here.</summary>
    public Guid CaId { get; set; }

    /// <summary>The end of the certificate that this connection was made with.</summary>
    public DateTimeOffset CertificateEnds { get; }

    /// <summary>When it began; a timestamp of the clock, as all that follow.</summary>
    public long Since { get; }

    /// <summary>How many connections in a row took over from one that had hardly begun.</summary>
    public int QuickTakeovers { get; set; }

    public long LastHeard { get; set; }

    public long NextPing { get; set; }

    /// <summary>When it is to be asked to renew; 0 for not at all.</summary>
    public long RenewAt { get; set; }

    /// <summary>When a goodbye that it does not take is waited for no longer; 0 while it is not ending.</summary>
    public long EndBy { get; set; }

    public string EndReason { get; private set; } = "it went away";

    /// <summary>Ends what is being read and written.</summary>
    public CancellationToken Broken { get; }

    public ChannelReader<ControllerMessage> Outgoing => outgoing.Reader;

    /// <summary>Queues a message. A full queue means that the Service does not read: it is let go.</summary>
    public void Send(ControllerMessage message)
    {
        if (Volatile.Read(ref ending) == 0 && !outgoing.Writer.TryWrite(message))
            Break("it does not take what is sent to it");
    }

    /// <summary>Says goodbye, sends what is queued before, and ends.</summary>
    public void End(GoodbyeReason reason, string words, long by)
    {
        if (Interlocked.Exchange(ref ending, 1) != 0)
            return;
        EndReason = words;
        EndBy = by;
        bool queued = outgoing.Writer.TryWrite(new ControllerMessage { Goodbye = new Goodbye { Reason = reason, Message = words } });
        outgoing.Writer.TryComplete();
        if (!queued)
            Break(words);
    }

    public void Break(string reason)
    {
        EndReason = reason;
        outgoing.Writer.TryComplete();
        try
        {
            broken.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Its call has ended already.
        }
    }

    public void Dispose()
    {
        outgoing.Writer.TryComplete();
        broken.Dispose();
    }
}
