using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Web;

/// <summary>Public pages, rendered once for all who ask within some seconds: a crowd costs what one reader costs.</summary>
internal sealed class PageCache(Func<ClusterState> state, TimeProvider clock)
{
    private const int MaxPages = 256;
    private static readonly TimeSpan AtLeast = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(15);
    private readonly Lock gate = new();
    private readonly Dictionary<string, Page> pages = new(StringComparer.Ordinal);

    /// <summary>Answers with the page, or says that the reader has it already; null from the renderer: there is no such page.</summary>
    public Task ServeAsync(HttpContext context, string key, string type, Func<byte[]?> render)
    {
        if (Get(key, render) is not { } page)
            return Answers.NotFoundAsync(context);
        HttpResponse response = context.Response;
        bool packed = context.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal);
        string tag = packed ? page.Tag[..^1] + "-br\"" : page.Tag;
        response.Headers.CacheControl = "public, max-age=15";
        response.Headers.ETag = tag;
        response.Headers.Vary = "Accept-Encoding";
        if (context.Request.Headers.IfNoneMatch.ToString() == tag)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        if (packed)
            response.Headers.ContentEncoding = "br";
        return Answers.SendAsync(context, type, packed ? page.Packed.Value : page.Plain);
    }

    private Page? Get(string key, Func<byte[]?> render)
    {
        lock (gate)
        {
            if (pages.TryGetValue(key, out Page? page) && IsFresh(page))
                return page;
            ClusterState of = state();
            if (render() is not { } bytes)
            {
                // What strangers ask for is not remembered: it would be theirs to fill.
                pages.Remove(key);
                return null;
            }

            if (pages.Count >= MaxPages)
                pages.Clear();
            return pages[key] = new(bytes, of, clock.GetTimestamp());
        }
    }

    /// <summary>A change shows within a second, even when there are many.</summary>
    private bool IsFresh(Page page)
    {
        TimeSpan age = clock.GetElapsedTime(page.At);
        return age < AtLeast || (age < AtMost && ReferenceEquals(page.Of, state()));
    }

    private sealed record Page(byte[] Plain, ClusterState Of, long At)
    {
        public string Tag { get; } = $"\"{Convert.ToHexStringLower(SHA256.HashData(Plain).AsSpan(0, 8))}\"";

        public Lazy<byte[]> Packed { get; } = new(() =>
        {
            using MemoryStream packed = new();
            using (BrotliStream brotli = new(packed, CompressionLevel.Fastest))
                brotli.Write(Plain);
            return packed.ToArray();
        });
    }
}
