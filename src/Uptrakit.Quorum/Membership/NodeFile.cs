using System.Net;
using System.Text;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Text;

namespace Uptrakit.Quorum.Membership;

/// <summary><c>node.yaml</c> (0600): who this node is and where it listens.</summary>
internal sealed record NodeFile
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>UUID in lower case; empty until the node has one.</summary>
    public string NodeId { get; init; } = "";

    public string BindAddress { get; init; } = "0.0.0.0";

    public int BindPort { get; init; } = 9901;

    /// <summary>host:port that others dial; empty when it was never told.</summary>
    public string Advertise { get; init; } = "";

    public Role Role { get; init; } = Role.Voter;

    public string ClusterId { get; init; } = "";

    /// <summary>Where the status page, the API and the metrics are served, as address:port; empty: nowhere.</summary>
    public string Http { get; init; } = "";

    /// <summary>File with the token of the operator's view; empty: there is no such view.</summary>
    public string HttpTokenFile { get; init; } = "";

    /// <summary>Where readers reach the page.</summary>
    public string HttpUrl { get; init; } = "";

    public string HttpTitle { get; init; } = "Status";

    /// <summary>HTTPS with the node's own certificate, which browsers do not know.</summary>
    public bool HttpTls { get; init; }

    /// <summary>HTTPS with a certificate that is given: PEM, those between it and its root after it.</summary>
    public string HttpCertFile { get; init; } = "";

    /// <summary>Its key; empty: in the same file.</summary>
    public string HttpKeyFile { get; init; } = "";

    /// <summary>Metrics without the operator's token.</summary>
    public bool PublicMetrics { get; init; }

    /// <summary>The folder of the programs that exec alerts may start on this node; empty: none.</summary>
    public string AlertPrograms { get; init; } = "";

    /// <summary>What is asked again and again while this node is well, or where that is kept: such a URL is a password; empty: nothing.</summary>
    public string HeartbeatUrl { get; init; } = "";

    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Not the fields: one of them may be a password.</summary>
    public override string ToString() => $"node {NodeId}";

    /// <summary>Reads the file; a file that cannot be read is a fault, too.</summary>
    /// <param name="hadClusterSecret">
    /// The file still holds the shared secret of old versions: write it anew with <see cref="Render"/>, which leaves it out.
    /// </param>
    public static bool TryLoad(string path, out NodeFile? node, out IReadOnlyList<YamlFault> faults, out bool hadClusterSecret)
    {
        node = null;
        hadClusterSecret = false;
        if (TryReadText(path, out string text, out string fault))
            return TryParse(text, out node, out faults, out hadClusterSecret);
        faults = [new YamlFault(0, 0, fault)];
        return false;
    }

    public static bool TryParse(string text, out NodeFile? node, out IReadOnlyList<YamlFault> faults, out bool hadClusterSecret)
    {
        node = null;
        hadClusterSecret = false;
        YamlFaults found = new();
        faults = found.Found;
        if (!YamlTree.TryRead(text, MaxBytes, found, out YamlMap? root))
            return false;

        YamlFields at = new(root!, found);
        at.RefuseOthers("node_id", "bind_addr", "bind_port", "advertise", "role", "cluster_id", "cluster_secret", "alert_programs", "http",
            "http_token_file", "http_url", "http_title", "http_tls", "http_cert_file", "http_key_file", "public_metrics",
            "heartbeat_url", "heartbeat_interval");
        hadClusterSecret = root!.Find("cluster_secret") is not (null or YamlScalar { Text: "" } or YamlScalar { IsNothing: true });
        NodeFile read = new();
        read = read with
        {
            NodeId = Take(at, "node_id", NodeFileValues.NodeId, read.NodeId),
            BindAddress = Take(at, "bind_addr", NodeFileValues.BindAddress, read.BindAddress),
            BindPort = Take(at, "bind_port", NodeFileValues.BindPort, read.BindPort),
            Advertise = Take(at, "advertise", NodeFileValues.Advertise, read.Advertise),
            Role = Take(at, "role", NodeFileValues.Role, read.Role),
            ClusterId = at.Text("cluster_id") ?? read.ClusterId,
            Http = Take(at, "http", NodeFileValues.Http, read.Http),
            HttpTokenFile = Take(at, "http_token_file", NodeFileValues.AbsolutePath, read.HttpTokenFile),
            HttpUrl = Take(at, "http_url", NodeFileValues.HttpUrl, read.HttpUrl),
            HttpTitle = at.Text("http_title") ?? read.HttpTitle,
            HttpTls = at.Flag("http_tls") ?? read.HttpTls,
            HttpCertFile = Take(at, "http_cert_file", NodeFileValues.AbsolutePath, read.HttpCertFile),
            HttpKeyFile = Take(at, "http_key_file", NodeFileValues.AbsolutePath, read.HttpKeyFile),
            PublicMetrics = at.Flag("public_metrics") ?? read.PublicMetrics,
            AlertPrograms = Take(at, "alert_programs", NodeFileValues.AbsolutePath, read.AlertPrograms),
            HeartbeatUrl = Take(at, "heartbeat_url", NodeFileValues.HeartbeatUrl, read.HeartbeatUrl),
            HeartbeatInterval = Take(at, "heartbeat_interval", NodeFileValues.HeartbeatInterval, read.HeartbeatInterval),
        };
        if (found.Count > 0)
            return false;
        node = read;
        return true;
    }

    /// <summary>
    /// The variables win over the file, an empty one overrides nothing; a value that makes no sense is a fault that names
    /// its variable, and changes nothing.
    /// </summary>
    public NodeFile WithEnvironment(Func<string, string?> env, out IReadOnlyList<string> faults)
    {
        List<string> found = [];
        faults = found;
        return this with
        {
            NodeId = Override(env, "QUPTIME_NODE_ID", NodeFileValues.NodeId, NodeId, found),
            BindAddress = Override(env, "QUPTIME_BIND_ADDR", NodeFileValues.BindAddress, BindAddress, found),
            BindPort = Override(env, "QUPTIME_BIND_PORT", NodeFileValues.BindPort, BindPort, found),
            Advertise = Override(env, "QUPTIME_ADVERTISE", NodeFileValues.Advertise, Advertise, found),
            Http = Override(env, "QUPTIME_HTTP", NodeFileValues.Http, Http, found),
            HttpTokenFile = Override(env, "QUPTIME_HTTP_TOKEN_FILE", NodeFileValues.AbsolutePath, HttpTokenFile, found),
            HttpCertFile = Override(env, "QUPTIME_HTTP_CERT_FILE", NodeFileValues.AbsolutePath, HttpCertFile, found),
            HttpKeyFile = Override(env, "QUPTIME_HTTP_KEY_FILE", NodeFileValues.AbsolutePath, HttpKeyFile, found),
            AlertPrograms = Override(env, "QUPTIME_ALERT_PROGRAMS", NodeFileValues.AbsolutePath, AlertPrograms, found),
            HeartbeatUrl = Override(env, "QUPTIME_HEARTBEAT_URL", NodeFileValues.HeartbeatUrl, HeartbeatUrl, found),
            HeartbeatInterval = Override(env, "QUPTIME_HEARTBEAT_INTERVAL", NodeFileValues.HeartbeatInterval, HeartbeatInterval, found),
        };
    }

    public string Render()
    {
        YamlWriter yaml = new();
        yaml.Comment("This node. The variables QUPTIME_NODE_ID, _BIND_ADDR, _BIND_PORT and _ADVERTISE win over this file.");
        yaml.Field("node_id", NodeId);
        yaml.Field("bind_addr", BindAddress);
        yaml.Field("bind_port", BindPort);
        yaml.Field("advertise", Advertise);
        yaml.Plain("role", Kinds.Text(Role));
        if (ClusterId.Length > 0)
            yaml.Field("cluster_id", ClusterId);
        foreach ((string name, string value) in ((string, string)[])
            [("http", Http), ("http_token_file", HttpTokenFile), ("http_url", HttpUrl), ("http_cert_file", HttpCertFile), ("http_key_file", HttpKeyFile),
                ("alert_programs", AlertPrograms), ("heartbeat_url", HeartbeatUrl)])
        {
            if (value.Length > 0)
                yaml.Field(name, value);
        }

        if (HttpTitle != "Status")
            yaml.Field("http_title", HttpTitle);
        if (HttpTls)
            yaml.Field("http_tls", true);
        if (PublicMetrics)
            yaml.Field("public_metrics", true);
        if (HeartbeatInterval != new NodeFile().HeartbeatInterval)
            yaml.Field("heartbeat_interval", Durations.Format(HeartbeatInterval));
        return yaml.ToString();
    }

    private static T Take<T>(YamlFields at, string name, ValueParser<T> parse, T otherwise)
    {
        if (at.Text(name) is not { Length: > 0 } text)
            return otherwise;
        string? fault = parse(text, out T value);
        if (fault is null)
            return value;
        at.Fault(name, fault);
        return otherwise;
    }

    private static T Override<T>(Func<string, string?> env, string name, ValueParser<T> parse, T otherwise, List<string> faults)
    {
        if (env(name) is not { Length: > 0 } text)
            return otherwise;
        string? fault = parse(text, out T value);
        if (fault is null)
            return value;
        faults.Add($"{name}: {fault}");
        return otherwise;
    }

    private static bool TryReadText(string path, out string text, out string fault)
    {
        text = fault = "";
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            byte[] bytes = new byte[MaxBytes + 1];
            int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes, 0, length).TrimStart('\uFEFF');
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            fault = e is DecoderFallbackException ? "the file is not UTF-8 text" : e.Message;
            return false;
        }
    }
}

/// <summary>Null and the value, or what is wrong with the text.</summary>
internal delegate string? ValueParser<T>(string text, out T value);

/// <summary>What each value of <c>node.yaml</c> may be, wherever it comes from.</summary>
internal static class NodeFileValues
{
    public static string? NodeId(string text, out string value)
    {
        bool valid = Guid.TryParseExact(text, "D", out Guid id) && id != Guid.Empty;
        value = id.ToString("D");
        return valid ? null : $"'{Validation.Shown(text)}' is not a node id; a UUID such as "
            + "0f8fad5b-d9cb-469f-a165-70867728950e is allowed";
    }

    public static string? BindAddress(string text, out string value)
    {
        bool valid = HostPort.TryParseAddress(text, out IPAddress? address);
        value = address?.ToString() ?? "";
        return valid ? null : $"'{Validation.Shown(text)}' is not an address; 0.0.0.0, :: or one address of this host is allowed";
    }

    public static string? BindPort(string text, out int value) => HostPort.TryParsePort(text, out value)
        ? null
        : $"'{Validation.Shown(text)}' is not a port; 1 to 65535 are allowed";

    public static string? Advertise(string text, out string value)
    {
        value = text;
        // The sentence begins with the field's name, and so does the caller's.
        return Validation.FaultOfAdvertise(text)?["advertise: ".Length..];
    }

    public static string? Http(string text, out string value)
    {
        // A port alone is loopback: what the whole network sees is said in full.
        bool valid = IPEndPoint.TryParse(HostPort.TryParsePort(text, out int port) ? $"127.0.0.1:{port}" : text, out IPEndPoint? place) && place.Port > 0;
        value = valid ? place!.ToString() : "";
        return valid ? null : $"'{Validation.Shown(text)}' is not address:port; 127.0.0.1:9980, [::]:9980 or a port alone, for loopback, is allowed";
    }

    public static string? HttpUrl(string text, out string value)
    {
        value = text;
        return Validation.FaultOfUrl(text);
    }

    public static string? HeartbeatUrl(string text, out string value)
    {
        value = text;
        return Secrets.IsReference(text) ? Secrets.FaultOf(text) : Validation.FaultOfUrl(text);
    }

    public static string? HeartbeatInterval(string text, out TimeSpan value) =>
        Durations.TryParse(text, out value) && value >= TimeSpan.FromSeconds(10) && value <= TimeSpan.FromHours(1)
            ? null
            : $"'{Validation.Shown(text)}' is not an interval of 10s to 1h";

    public static string? AbsolutePath(string text, out string value)
    {
        value = text;
        return Path.IsPathRooted(text) && !text.Contains('\0') ? null : $"'{Validation.Shown(text)}' is not an absolute path";
    }

    public static string? Role(string text, out Role value) => Kinds.TryParse(text, out value)
        ? null
        : $"'{Validation.Shown(text)}' is not a role; voter and probe are allowed";
}
