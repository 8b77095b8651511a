using System.Globalization;
using System.Net;
using System.Text;
using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Settings;
using Uptrakit.Controller.Storage;
using Uptrakit.Trust.Enrollment;
using Uptrakit.Trust.Files;

namespace Uptrakit.Controller.Host;

/// <summary>How to serve: all of it has been read, none of it has been tried.</summary>
internal sealed record ServeOptions
{
    public const string DefaultHttps = "[::]:8443";

    private const int LargestSecretFile = 16 << 10;

    public required string StateFolder { get; init; }

    /// <summary>[::] is every address, IPv4 too. Port 0 is for tests.</summary>
    public required IPEndPoint Https { get; init; }

    public required DatabaseTarget Database { get; init; }

    /// <summary>What --san gave; empty for the names of the host.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>PEM files of the operator's server certificate; null for one of our own.</summary>
    public PemFiles? ServerFiles { get; init; }

    /// <summary>PEM files of the operator's CA; null for one of our own.</summary>
    public PemFiles? CaFiles { get; init; }

    public string? PkiAddress { get; init; }

    /// <summary>Where plain HTTP is served for CRL, OCSP and CA certificates; null when nowhere. [::] is every address.</summary>
    public IPEndPoint? PkiListener { get; init; }

    public TokenAddress? PublicAddress { get; init; }

    public string Socket => Path.Combine(StateFolder, "control.sock");

    /// <summary>Null when something is wrong; then all of it is in the list, each with the option's name.</summary>
    public static ServeOptions? Read(RawServeOptions raw, out List<string> faults)
    {
        faults = [];
        string https = raw.HttpsAddress ?? DefaultHttps;
        if (!TryEndPoint(https, out IPEndPoint? endPoint))
            faults.Add($"--https-addr: '{https}' is not an address with a port, like 127.0.0.1:8443 or [::]:8443");
        DatabaseTarget? database = ReadDatabase(raw, faults);
        PemFiles? server = Pair("--tls-cert", raw.TlsCert, "--tls-key", raw.TlsKey, faults);
        if (server is not null)
            faults.AddRange(PipeFaults(("--tls-cert", server.Certificate), ("--tls-key", server.Key)));
        PemFiles? ca = Pair("--ca-cert", raw.CaCert, "--ca-key", raw.CaKey, faults);
        if (server is not null && raw.Names.Count > 0)
            faults.Add("--san: the names of the certificate in --tls-cert are its own; leave --san out");
        TokenAddress? pki = ReadAddress("--pki-addr", raw.PkiAddress, defaultPort: 80, faults);
        if (raw.PkiAddress is not null && pki is not null && !Authority.PkiAddress.TryParse(raw.PkiAddress, out _))
            faults.Add($"--pki-addr: '{raw.PkiAddress}' cannot be written into a certificate: an IPv6 address stands in brackets");
        bool listens = raw.PkiHttp == "listener";
        if (raw.PkiHttp is not (null or "listener" or "external"))
            faults.Add($"--pki-http: '{raw.PkiHttp}' is not one of listener, external");
        if (listens && raw.PkiAddress is null)
            faults.Add("--pki-http listener needs --pki-addr, which says on what port");
        TokenAddress? reached = ReadAddress("--public-addr", raw.PublicAddress, defaultPort: 8443, faults);
        return faults.Count > 0 ? null : new ServeOptions
        {
            StateFolder = raw.StateFolder,
            Https = endPoint!,
            Database = database!,
            Names = raw.Names,
            ServerFiles = server,
            CaFiles = ca,
            PkiAddress = raw.PkiAddress,
            PkiListener = listens ? ListenerOf(pki!) : null,
            PublicAddress = reached,
        };
    }

    private static DatabaseTarget? ReadDatabase(RawServeOptions raw, List<string> faults)
    {
        if (raw.Database is not null && raw.DatabaseFile is not null)
            faults.Add("--database and --database-file say the same thing: leave one of them out");
        (string name, string? text) = raw.DatabaseFile is null
            ? ("--database", raw.Database ?? DatabaseTarget.DefaultFile)
            : ("--database-file", ReadSecret(raw.DatabaseFile, faults));
        if (text is null)
            return null;
        if (!DatabaseTarget.TryParse(text, raw.StateFolder, out DatabaseTarget? target, out string? fault))
            faults.Add($"{name}: {fault}");
        return target;
    }

    private static string? ReadSecret(string file, List<string> faults)
    {
        if (SmallFile.TryReadSecret(Path.GetFullPath(file), LargestSecretFile, out byte[]? content, out string? fault))
            return Encoding.UTF8.GetString(content).TrimStart('\uFEFF').Trim();
        faults.Add($"--database-file: {fault}");
        return null;
    }

    private static PemFiles? Pair(string certName, string? cert, string keyName, string? key, List<string> faults)
    {
        if (cert is null && key is null)
            return null;
        if (cert is not null && key is not null)
            return new PemFiles(Path.GetFullPath(cert), Path.GetFullPath(key));
        faults.Add(cert is null ? $"{keyName} needs {certName}" : $"{certName} needs {keyName}");
        return null;
    }

    private static IEnumerable<string> PipeFaults(params IEnumerable<(string Name, string Path)> files) => files
        .Where(static file => BoundedFile.IsPipe(file.Path))
        .Select(static file => $"{file.Name}: {file.Path} is a pipe, and what is renewed is read again: name a file");

    private static TokenAddress? ReadAddress(string name, string? text, int defaultPort, List<string> faults)
    {
        if (text is null)
            return null;
        if (HostPort.TryParse(text, defaultPort, out TokenAddress? address))
            return address;
        faults.Add($"{name}: '{text}' is not a host with a port, like hub.example.org:{defaultPort.ToString(CultureInfo.InvariantCulture)}");
        return null;
    }

    // Whoever writes an address means that one; what a name stands for may be a router in front of this machine.
    private static IPEndPoint ListenerOf(TokenAddress pki) =>
        new(IPAddress.TryParse(pki.Host, out IPAddress? address) ? address : IPAddress.IPv6Any, pki.Port);

    private static bool TryEndPoint(string text, out IPEndPoint? endPoint)
    {
        endPoint = null;
        int colon = text.LastIndexOf(':');
        // Without the check an IPv6 address without a port would be read as one with port 0.
        return colon > 0 && (text[colon - 1] == ']' || text.IndexOf(':', StringComparison.Ordinal) == colon)
            && IPEndPoint.TryParse(text, out endPoint);
    }
}

/// <summary>A certificate and its key, each in a PEM file.</summary>
internal sealed record PemFiles(string Certificate, string Key);
