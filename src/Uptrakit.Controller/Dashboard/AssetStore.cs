using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;

namespace Uptrakit.Controller.Dashboard;

/// <summary>Style sheets and scripts. They are in the assembly: no folder beside it, no other host, nothing to leave out of a package.</summary>
internal static class AssetStore
{
    private const string Prefix = "assets/";

    private static readonly Dictionary<string, Asset> All = typeof(AssetStore).Assembly.GetManifestResourceNames()
        .Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal))
        .ToDictionary(static name => name[Prefix.Length..], Load, StringComparer.Ordinal);

    /// <summary>The address of an asset; it changes with the content, so browsers may keep what they have.</summary>
    public static string Url(string name) => $"/{Prefix}{name}?v={All[name].Tag}";

    public static void MapAssets(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/assets/{name}", Serve).AllowAnonymous();

    private static IResult Serve(string name, HttpContext context)
    {
        if (!All.TryGetValue(name, out Asset? asset))
            return Results.NotFound();
        IHeaderDictionary headers = context.Response.Headers;
        headers.CacheControl = context.Request.Query["v"] == asset.Tag ? "public, max-age=31536000, immutable" : "no-cache";
        headers.Remove("Pragma");
        headers.Vary = "Accept-Encoding";
        bool packed = context.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal);
        if (packed)
            headers.ContentEncoding = "br";
        return Results.Bytes(packed ? asset.Packed.Value : asset.Plain, asset.Type,
            entityTag: new Microsoft.Net.Http.Headers.EntityTagHeaderValue($"\"{asset.Tag}{(packed ? "-br" : "")}\""));
    }

    private static Asset Load(string resource)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!;
        byte[] plain = new byte[stream.Length];
        stream.ReadExactly(plain);
        return new Asset(plain, Path.GetExtension(resource) switch
        {
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            _ => "application/octet-stream",
        });
    }

    private sealed class Asset(byte[] plain, string type)
    {
        public byte[] Plain => plain;

        public string Type => type;

        public string Tag { get; } = Convert.ToHexStringLower(SHA256.HashData(plain).AsSpan(0, 8));

        // MudBlazor's style sheet is 600 KB, a twelfth of that packed; packed once, when first asked for.
        public Lazy<byte[]> Packed { get; } = new(() =>
        {
            using MemoryStream packed = new();
            using (BrotliStream brotli = new(packed, CompressionLevel.Optimal))
                brotli.Write(plain);
            return packed.ToArray();
        });
    }
}
