using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Qu.Web;

/// <summary>What a connection may cost: pages are small, and nobody sends much here.</summary>
internal static class WebListener
{
    private static readonly TimeSpan HandshakeTime = TimeSpan.FromSeconds(5);

    /// <summary>A proxy in front brings all readers from one address, so one address is given a lot.</summary>
    private static readonly ConnectionLimits Connections = new() { Total = 1024, Stranger = new(256, 200, 400), Known = new(256, 200, 400) };

    public static void Configure(KestrelServerOptions kestrel, WebOptions options, TimeProvider clock, ILogger<ConnectionGate> logger)
    {
        Bound(kestrel.Limits);
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        ConnectionGate gate = new(Connections, clock, logger);
        kestrel.Listen(options.Listen, endpoint =>
        {
            endpoint.Protocols = options.Certificate is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
            endpoint.Use(gate.Middleware);
            if (options.Certificate is { } certificate)
            {
                endpoint.UseHttps(new TlsHandshakeCallbackOptions
                {
                    HandshakeTimeout = HandshakeTime,
                    OnConnection = _ => new(new SslServerAuthenticationOptions
                    {
                        ServerCertificateContext = certificate(),
                        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                        ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                        AllowRenegotiation = false,
                    }),
                });
            }
        });
    }

    private static void Bound(KestrelServerLimits limits)
    {
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
        limits.MaxConcurrentConnections = 1024;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.MaxRequestLineSize = 4 * 1024;
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestHeaderCount = 50;
        limits.MaxRequestBodySize = 8 * 1024;
        limits.MaxRequestBufferSize = 32 * 1024;
        limits.MaxResponseBufferSize = 64 * 1024;
        limits.MinRequestBodyDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        limits.Http2.MaxStreamsPerConnection = 32;
        limits.Http2.HeaderTableSize = 4096;
        limits.Http2.MaxRequestHeaderFieldSize = 8 * 1024;
        limits.Http2.InitialStreamWindowSize = 65_535;
        limits.Http2.InitialConnectionWindowSize = 65_535;
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(20);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(5);
    }
}
