using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Uptrakit.Controller.Users;

/// <summary>The JSON of a request. Kestrel bounds its length.</summary>
internal static class Body
{
    /// <summary>Null for what is not such a value.</summary>
    public static async Task<T?> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, CancellationToken cancel)
        where T : class
    {
        if (!context.Request.HasJsonContentType())
            return null;
        try
        {
            return await context.Request.ReadFromJsonAsync(type, cancel);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
