using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Uptrakit.Demo;

/// <summary>Takes webhooks and writes one line for each: time, id, verb, subject, with tabs between them.</summary>
internal sealed class AlertReceiver(string file) : IAsyncDisposable
{
    private readonly StreamWriter lines = new(file, append: true) { AutoFlush = true };

    public async Task<HttpStatusCode> TakeAsync(HttpListenerRequest request)
    {
        try
        {
            using JsonDocument message = await JsonDocument.ParseAsync(request.InputStream);
            string time = TimeProvider.System.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
            string[] fields = [.. Fields(message.RootElement, "id", "verb", "subject")];
            await lines.WriteLineAsync(string.Join('\t', [time, .. fields]));
            return HttpStatusCode.NoContent;
        }
        catch (Exception malformed) when (malformed is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return HttpStatusCode.BadRequest;
        }
    }

    public ValueTask DisposeAsync() => lines.DisposeAsync();

    private static IEnumerable<string> Fields(JsonElement message, params string[] names) =>
        names.Select(name => (message.GetProperty(name).GetString() ?? "").Replace('\t', ' ').Replace('\n', ' '));
}
