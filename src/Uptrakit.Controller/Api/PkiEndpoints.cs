using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Host;

namespace Uptrakit.Controller.Api;

/// <summary>What anybody may fetch of the CAs, over HTTPS or plain HTTP: all of it is signed, or is compared with a pin.</summary>
internal static class PkiEndpoints
{
    private const string Pem = "application/x-pem-file";
    private const string Der = "application/pkix-cert";
    private const string Crl = "application/pkix-crl";
    private const string OcspRequestType = "application/ocsp-request";
    private const string OcspResponseType = "application/ocsp-response";

    public static void MapPki(this IEndpointRouteBuilder app)
    {
        RouteGroupBuilder pki = app.MapGroup("/api/v1/pki").AllowAnonymous().PlainToo();
        pki.MapGet("/ca.crt", static (AuthorityKeys keys) => Text(PemOf(keys.Current.Bundle)));
        pki.MapGet("/handover.crt", static (AuthorityKeys keys) => Text(PemOf(keys.Current.HandOvers.SelectMany(Pair))));
        pki.MapGet("/ca.crl", static async (CrlPublisher lists, CancellationToken cancel) =>
            Results.Bytes(await lists.OfIssuingAsync(cancel), Crl));
        pki.MapGet("/crl/{keyId}", static async (string keyId, CrlPublisher lists, CancellationToken cancel) =>
            await lists.FindAsync(keyId, cancel) is { } list ? Results.Bytes(list, Crl) : Results.NotFound());
        pki.MapGet("/issuer/{name}", static (string name, AuthorityKeys keys) => IssuerOf(name, keys.Current));
        pki.MapPost("/ocsp", PostOcspAsync);
        pki.MapGet("/ocsp/{**request}", GetOcspAsync);
    }

    internal static string PemOf(IEnumerable<X509Certificate2> certificates)
    {
        StringBuilder text = new();
        foreach (X509Certificate2 certificate in certificates)
            text.Append(PemEncoding.WriteString("CERTIFICATE", certificate.RawData)).Append('\n');
        return text.ToString();
    }

    private static X509Certificate2[] Pair(HandOver handOver) => [handOver.Former, handOver.Cross];

    private static IResult Text(string pem) => Results.Text(pem, Pem, Encoding.ASCII);

    private static IResult IssuerOf(string name, CaSnapshot snapshot)
    {
        const string Suffix = ".crt";
        return name.EndsWith(Suffix, StringComparison.Ordinal) && snapshot.Find(name[..^Suffix.Length]) is { } ca
            ? Results.Bytes(ca.Certificate.RawData, Der)
            : Results.NotFound();
    }

    private static async Task<IResult> PostOcspAsync(HttpContext context, OcspDesk desk)
    {
        if (context.Request.ContentType != OcspRequestType)
            return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        // One byte more than may be, to tell the longest from one that is too long.
        byte[] body = new byte[OcspRequest.MaximumSize + 1];
        int length = await context.Request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, context.RequestAborted);
        return await AnswerAsync(context, desk, body.AsMemory(0, length));
    }

    private static Task<IResult> GetOcspAsync(HttpContext context, string? request, OcspDesk desk) =>
        OcspResponder.TryDecodeGet(Uri.UnescapeDataString(request ?? ""), out byte[]? body)
            ? AnswerAsync(context, desk, body)
            : Task.FromResult(Results.BadRequest());

    private static async Task<IResult> AnswerAsync(HttpContext context, OcspDesk desk, ReadOnlyMemory<byte> request) =>
        await desk.TryAnswerAsync(context.Connection.RemoteIpAddress, request, context.RequestAborted) is { } answer
            ? Results.Bytes(answer, OcspResponseType)
            : Results.StatusCode(StatusCodes.Status429TooManyRequests);
}

/// <summary>Answers OCSP up to what one address may ask: each answer is a signature.</summary>
internal sealed class OcspDesk(OcspResponder responder, TimeProvider clock)
{
    private const double PerSecond = 20;
    private const double Burst = 200;
    private readonly AddressBuckets buckets = new(PerSecond, Burst, clock);

    public async Task<byte[]?> TryAnswerAsync(System.Net.IPAddress? from, ReadOnlyMemory<byte> request, CancellationToken cancel) =>
        buckets.TryTakeFor(from) ? await responder.RespondAsync(request, cancel) : null;
}
