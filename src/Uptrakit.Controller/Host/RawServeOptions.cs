namespace Uptrakit.Controller.Host;

/// <summary>What `serve` was given, as text: by options or by variables.</summary>
internal sealed record RawServeOptions
{
    public required string StateFolder { get; init; }

    public string? HttpsAddress { get; init; }

    public string? Database { get; init; }

    public string? DatabaseFile { get; init; }

    public string? TlsCert { get; init; }

    public string? TlsKey { get; init; }

    public string? CaCert { get; init; }

    public string? CaKey { get; init; }

    public string? PkiAddress { get; init; }

    public string? PkiHttp { get; init; }

    public string? PublicAddress { get; init; }

    public IReadOnlyList<string> Names { get; init; } = [];
}
