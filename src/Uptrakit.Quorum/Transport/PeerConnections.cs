using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.Consensus;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Identity;
using Uptrakit.Trust.Pins;

namespace Uptrakit.Quorum.Transport;

/// <summary>Who is at the other end of a connection: the pinned key's NodeID, or a stranger with a key.</summary>
internal sealed record PeerConnection(NodeId? Peer, X509Certificate2 Leaf, SpkiFingerprint Key);

/// <summary>Identifies incoming connections after the handshake, and ends those whose key is no longer pinned.</summary>
internal sealed class PeerConnections : IDisposable
{
    private readonly ConcurrentDictionary<ConnectionContext, PeerConnection> live = new();
    private readonly PeerVerifier verifier;
    private readonly PeerDirectory directory;
    private readonly ConnectionLimits limits;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private EngineLink? engine;

    public PeerConnections(PeerVerifier verifier, PeerDirectory directory, ConnectionLimits limits, TimeProvider clock, ILogger logger)
    {
        this.verifier = verifier;
        this.directory = directory;
        this.limits = limits;
        this.clock = clock;
        this.logger = logger;
        directory.Pins.Changed += EndUnpinned;
    }

    /// <summary>The engine that takes connections of voters now; null: none runs.</summary>
    public EngineLink? Engine
    {
        get => Volatile.Read(ref engine);
        set => Volatile.Write(ref engine, value);
    }

    /// <summary>Kestrel middleware; comes after TLS.</summary>
    public ConnectionDelegate Middleware(ConnectionDelegate next) => async connection =>
    {
        if (connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate is not { } leaf)
        {
            connection.Abort();
            return;
        }

        PeerVerdict verdict = verifier.Identify(leaf);
        // A key that cannot be read is nobody's, and must not cost more than this line.
        if (!SpkiFingerprint.TryOf(leaf, out SpkiFingerprint? key))
        {
            connection.Abort();
            return;
        }

        PeerConnection who = new(verdict.Peer, leaf, key);
        connection.Features.Set(who);
        if (who.Peer is null)
            await ServeStrangerAsync(connection, verdict, next).ConfigureAwait(false);
        else
            await ServeMemberAsync(connection, who, next).ConfigureAwait(false);
    };

    public void Dispose() => directory.Pins.Changed -= EndUnpinned;

    private async Task ServeMemberAsync(ConnectionContext connection, PeerConnection who, ConnectionDelegate next)
    {
        connection.Features.Get<ConnectionGate.Admission>()?.IsMember();
        if (live.Values.Count(other => other.Peer == who.Peer) >= limits.PerMember)
        {
            connection.Abort();
            return;
        }

        live[connection] = who;
        try
        {
            // Evicted between the look-up and the registration: nobody else would end it.
            if (verifier.Identify(who.Leaf).Peer != who.Peer)
                connection.Abort();
            else if (IsEngine(connection))
                await ServeEngineAsync(connection, who.Peer!).ConfigureAwait(false);
            else
                await next(connection).ConfigureAwait(false);
        }
        finally
        {
            live.TryRemove(connection, out _);
        }
    }

    private async Task ServeEngineAsync(ConnectionContext connection, NodeId peer)
    {
        if (Engine is { } running && directory.TryGet(peer, out Peer? member) && member.Role == Role.Voter)
            await running.ServeAsync(connection, peer).ConfigureAwait(false);
        else
            connection.Abort();
    }

    /// <summary>A stranger may enroll, over HTTP/2, for a short while.</summary>
    private async Task ServeStrangerAsync(ConnectionContext connection, PeerVerdict verdict, ConnectionDelegate next)
    {
        logger.StrangerConnected(connection.RemoteEndPoint, verdict.Refusal);
        if (IsEngine(connection))
        {
            connection.Abort();
            return;
        }

        using CancellationTokenSource life = new(limits.StrangerLife, clock);
        using CancellationTokenRegistration end = life.Token.UnsafeRegister(static c => ((ConnectionContext)c!).Abort(), connection);
        await next(connection).ConfigureAwait(false);
    }

    private static bool IsEngine(ConnectionContext connection) =>
        connection.Features.Get<ITlsHandshakeFeature>() is not null
        && connection.Features.Get<ITlsApplicationProtocolFeature>() is { } tls
        && tls.ApplicationProtocol.Span.SequenceEqual(PeerProtocol.Engine.Protocol.Span);

    private void EndUnpinned()
    {
        foreach ((ConnectionContext connection, PeerConnection who) in live)
        {
            if (!directory.Pins.TryFind(who.Key, out NodeId? now) || now != who.Peer)
            {
                logger.EndedUnpinned(who.Peer!, who.Key);
                connection.Abort();
            }
        }
    }
}
