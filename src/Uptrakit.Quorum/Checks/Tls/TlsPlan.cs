using System.Net;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks.Tls;

/// <summary>What can be worked out from a tls check before it is probed.</summary>
internal sealed class TlsPlan
{
    internal const int UsualWarnDays = 14;

    internal TlsPlan(Check check)
    {
        TlsOptions options = check.Tls ?? new TlsOptions();
        StartTls = options.StartTls.ToLowerInvariant();
        WarnDays = options.WarnDays <= 0 ? UsualWarnDays : options.WarnDays;
        FailDays = Math.Max(0, options.FailDays);
        Verify = options.Verify;
        bool hasPlace = TryPlace(check.Target, Preludes.PortOf(StartTls), out string host, out int port);
        (Host, Port) = (host, port);
        Name = options.Sni.Length > 0 ? options.Sni : host;
        Fault = !hasPlace ? "the target is not host or host:port"
            : !Preludes.Knows(StartTls) ? $"start_tls '{PlainText.Clean(StartTls, 20)}' is not known; {Preludes.Names} are"
            : options.Sni.Length > 0 && !HostPort.TryParseHost(options.Sni, out _) ? "sni is not a host name"
            : null;
    }

    internal string? Fault { get; }

    internal string Host { get; }

    internal int Port { get; }

    /// <summary>The name that the server is asked for.</summary>
    internal string Name { get; }

    internal string StartTls { get; }

    internal int WarnDays { get; }

    internal int FailDays { get; }

    internal bool Verify { get; }

    private static bool TryPlace(string target, int usualPort, out string host, out int port)
    {
        if (HostPort.TryParseAddress(target, out IPAddress? address))
        {
            (host, port) = (address!.ToString(), usualPort);
            return true;
        }

        if (HostPort.TryParse(target, out host, out port))
            return true;
        port = usualPort;
        return HostPort.TryParseHost(target, out host);
    }
}
