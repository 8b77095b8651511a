using System.Text.Json.Serialization;

namespace Uptrakit.Services.Identity;

/// <summary><c>service.json</c> as it is written. Certificates are base64 of their DER, as in the x5c of RFC 7517.</summary>
internal sealed class StateDocument
{
    /// <summary>Counted up when an older version could misread what is written.</summary>
    public const int CurrentSchema = 1;

    public required int Schema { get; init; }

    public ControllerDocument? Controller { get; init; }

    public TrustDocument? Trust { get; init; }

    public ServiceDocument? Service { get; init; }
}

internal sealed class ControllerDocument
{
    public string? Id { get; init; }

    public required string[] Addresses { get; init; }
}

internal sealed class TrustDocument
{
    public required string Mode { get; init; }

    public string? Pin { get; init; }

    public string? MatchedSpki { get; init; }

    public bool? ByPinnedKey { get; init; }

    public required string[] Bundle { get; init; }

    public string[]? HandOver { get; init; }
}

internal sealed class ServiceDocument
{
    public required string Id { get; init; }

    public required string[] Certificate { get; init; }

    public string[]? FormerCertificate { get; init; }

    public string[]? Capabilities { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    WriteIndented = true,
    NewLine = "\n")]
[JsonSerializable(typeof(StateDocument))]
internal sealed partial class StateJson : JsonSerializerContext;
