using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Encodings.Web;
using System.Text.Json;
using Uptrakit.Contracts.Client;
using Uptrakit.Trust.Anchors;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Services.Identity;

/// <summary>A state as the bytes of <c>service.json</c>, and back. What does not read back whole is refused whole.</summary>
internal static class StateText
{
    // The + of base64 is a letter in a file; only in a web page could it do harm.
    private static readonly StateJson Json = new(new JsonSerializerOptions(StateJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    private static readonly TrustMode[] Modes = Enum.GetValues<TrustMode>();

    public static byte[] Write(ServiceState state)
    {
        StateDocument document = new()
        {
            Schema = StateDocument.CurrentSchema,
            Controller = state.Addresses.Count == 0 && state.ControllerId is null ? null : new ControllerDocument
            {
                Id = state.ControllerId?.ToString("D"),
                Addresses = [.. state.Addresses.Select(address => address.ToString())],
            },
            Trust = state.Trust is not { } trust ? null : new TrustDocument
            {
                Mode = ServerTrust.NameOf(trust.How),
                Pin = trust.Pin?.ToString(),
                MatchedSpki = trust.MatchedSpki?.ToString(),
                ByPinnedKey = trust.ByPinnedKey ? true : null,
                Bundle = Encode(trust.Bundle.Certificates),
                HandOver = trust.HandOver.Count == 0 ? null : Encode(trust.HandOver),
            },
            Service = state.Service is not { } service ? null : new ServiceDocument
            {
                Id = service.ServiceId.ToString("D"),
                Certificate = Encode(service.Chain),
                FormerCertificate = service.Former.Count == 0 ? null : Encode(service.Former),
                Capabilities = service.Capabilities.Count == 0 ? null : [.. service.Capabilities],
            },
        };
        return [.. JsonSerializer.SerializeToUtf8Bytes(document, Json.StateDocument), (byte)'\n'];
    }

    /// <summary>False with what is wrong, as the end of a sentence that begins with the file's name.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> json, [NotNullWhen(true)] out ServiceState? state, [NotNullWhen(false)] out string? fault)
    {
        state = null;
        fault = FaultOfSchema(json);
        if (fault is not null)
            return false;
        try
        {
            StateDocument document = JsonSerializer.Deserialize(json, StateJson.Default.StateDocument)
                ?? throw new FormatException("it holds nothing");
            state = new ServiceState(
                document.Controller?.Id is { } id ? Guid.ParseExact(id, "D") : null,
                [.. (document.Controller?.Addresses ?? []).Select(Address)],
                document.Trust is null ? null : Trust(document.Trust),
                document.Service is null ? null : Service(document.Service));
            return true;
        }
        catch (Exception broken) when (broken is JsonException or FormatException or CryptographicException)
        {
            fault = $"is damaged ({Where(broken)})";
            return false;
        }
    }

    // Before anything else is looked at: a later schema has members that this version does not know.
    private static string? FaultOfSchema(ReadOnlySpan<byte> json)
    {
        try
        {
            Utf8JsonReader reader = new(json);
            using JsonDocument document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind is not JsonValueKind.Object
                || !document.RootElement.TryGetProperty("schema", out JsonElement schema) || !schema.TryGetInt32(out int number))
                return "is damaged (it has no schema)";
            return number == StateDocument.CurrentSchema
                ? null
                : $"has schema {number} and this version knows {StateDocument.CurrentSchema}: install the version that wrote it";
        }
        catch (JsonException broken)
        {
            return $"is damaged ({Where(broken)})";
        }
        catch (InvalidOperationException)
        {
            return "is damaged (its schema is no number)";
        }
    }

    private static ControllerAddress Address(string text) =>
        ControllerAddress.TryParse(text, out ControllerAddress? address, out _)
            ? address
            : throw new FormatException("controller.addresses has one that is none");

    private static StoredTrust Trust(TrustDocument document) => new(
        Modes.FirstOrDefault(mode => ServerTrust.NameOf(mode) == document.Mode, (TrustMode)(-1)) is { } how && Enum.IsDefined(how)
            ? how
            : throw new FormatException("trust.mode is not a mode"),
        document.Pin is null ? null : CertificateFingerprint.TryParse(document.Pin, out CertificateFingerprint? pin)
            ? pin
            : throw new FormatException("trust.pin is not a fingerprint"),
        document.MatchedSpki is null ? null : SpkiFingerprint.TryParse(document.MatchedSpki, out SpkiFingerprint? spki)
            ? spki
            : throw new FormatException("trust.matched_spki is not a fingerprint"),
        document.ByPinnedKey is true && document.MatchedSpki is not null,
        CertificateLists.TryAnchors(document.Bundle.Select(Convert.FromBase64String), out CertificateBundle? bundle, out string? fault)
            ? bundle
            : throw new FormatException("trust.bundle " + fault),
        CertificateLists.TryEvidence((document.HandOver ?? []).Select(Convert.FromBase64String), out IReadOnlyList<X509Certificate2>? handOver, out fault)
            ? handOver
            : throw new FormatException("trust.hand_over " + fault));

    private static StoredIdentity Service(ServiceDocument document) => new(
        Guid.ParseExact(document.Id, "D"),
        CertificateLists.TryChain(document.Certificate.Select(Convert.FromBase64String), out IReadOnlyList<X509Certificate2>? chain, out string? fault)
            ? chain
            : throw new FormatException("service.certificate " + fault),
        document.Capabilities ?? [])
    {
        Former = document.FormerCertificate is not { } former ? []
            : CertificateLists.TryChain(former.Select(Convert.FromBase64String), out chain, out fault) ? chain
            : throw new FormatException("service.former_certificate " + fault),
    };

    private static string[] Encode(IEnumerable<X509Certificate2> certificates) =>
        [.. certificates.Select(certificate => Convert.ToBase64String(certificate.RawDataMemory.Span))];

    private static string Where(Exception broken) => broken is JsonException { LineNumber: { } line }
        ? $"line {line + 1} is not as it was written"
        : broken is FormatException ? broken.Message : "a certificate cannot be read";
}
