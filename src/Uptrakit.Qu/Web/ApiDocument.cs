using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Uptrakit.Qu.Web;

/// <summary>The API as an OpenAPI 3.1 document, made from the routes and the shapes themselves.</summary>
internal static class ApiDocument
{
    public static byte[] Render(IReadOnlyList<ApiRoute> routes)
    {
        JsonObject schemas = [];
        JsonObject paths = [];
        foreach (ApiRoute route in routes)
        {
            string path = ApiRoutes.Root + route.Path;
            JsonObject operations = paths[path] as JsonObject ?? [];
            operations[route.Method.ToLowerInvariant()] = Operation(route, schemas);
            paths[path] = operations;
        }

        JsonObject document = new()
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "qu",
                ["version"] = "1",
                ["description"] = "What a node of a qu cluster knows. Without the operator's token the answers hold what the status page shows. Fields without a value are left out.",
                ["license"] = new JsonObject { ["name"] = "MIT", ["identifier"] = "MIT" },
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = schemas,
                ["securitySchemes"] = new JsonObject { ["operator"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" } },
            },
        };
        using MemoryStream bytes = new();
        using (Utf8JsonWriter writer = new(bytes, new JsonWriterOptions { Indented = true }))
            document.WriteTo(writer);
        return bytes.ToArray();
    }

    private static JsonObject Operation(ApiRoute route, JsonObject schemas)
    {
        JsonObject answers = new() { ["200"] = Answer("The answer.", Schema(route.Answer, schemas)) };
        JsonArray parameters = [];
        if (route.Path.Contains("{id}", StringComparison.Ordinal))
        {
            parameters.Add((JsonNode)Parameter("id", "path", "Id or name of the check.", required: true));
            answers["404"] = Problem("There is no such check, or it is not shown.", schemas);
        }

        if (route.Ranged)
        {
            parameters.Add((JsonNode)Parameter("since", "query", "How far back, as 90m, 24h or 30d.", required: false));
            parameters.Add((JsonNode)Parameter("from", "query", "Begin in ISO 8601; beats since.", required: false));
            parameters.Add((JsonNode)Parameter("to", "query", "End in ISO 8601; now when it is left out.", required: false));
            answers["400"] = Problem("The range is none.", schemas);
        }

        if (route.Changes)
        {
            answers["400"] = Problem("What is asked for makes no sense.", schemas);
            answers["403"] = Problem("This node may not change anything.", schemas);
            answers["409"] = Problem("It is in another state.", schemas);
            answers["503"] = Problem("There is no quorum, and nothing was changed; or it was not confirmed in time.", schemas);
        }

        if (route.Body is not null)
            answers["415"] = Problem("The body is not JSON.", schemas);
        answers["401"] = Problem(route.NeedsToken ? "The operator's token is needed." : "The token that was shown is wrong.", schemas);
        answers["429"] = Problem("Too many wrong tokens from this address.", schemas);
        JsonObject operation = new() { ["operationId"] = route.Name, ["summary"] = route.Summary };
        if (parameters.Count > 0)
            operation["parameters"] = parameters;
        // An empty requirement: the token is optional.
        JsonObject token = new() { ["operator"] = new JsonArray() };
        operation["security"] = route.NeedsToken ? new JsonArray(token) : new JsonArray(new JsonObject(), token);
        if (route.Body is { } body)
            operation["requestBody"] = new JsonObject { ["required"] = true, ["content"] = Content(Schema(body, schemas)) };
        operation["responses"] = answers;
        return operation;
    }

    private static JsonObject Parameter(string name, string place, string description, bool required) => new()
    {
        ["name"] = name,
        ["in"] = place,
        ["required"] = required,
        ["description"] = description,
        ["schema"] = new JsonObject { ["type"] = "string" },
    };

    private static JsonObject Problem(string description, JsonObject schemas) => Answer(description, Schema(ApiJson.Default.ApiProblem, schemas));

    private static JsonObject Answer(string description, JsonObject schema) => new()
    {
        ["description"] = description,
        ["content"] = Content(schema),
    };

    private static JsonObject Content(JsonObject schema) => new() { ["application/json"] = new JsonObject { ["schema"] = schema } };

    private static JsonObject Schema(JsonTypeInfo type, JsonObject schemas)
    {
        if (type.Kind == JsonTypeInfoKind.Enumerable)
            return new() { ["type"] = "array", ["items"] = Schema(ApiJson.Default.GetTypeInfo(type.ElementType!)!, schemas) };
        if (type.Kind != JsonTypeInfoKind.Object)
            return Scalar(Nullable.GetUnderlyingType(type.Type) ?? type.Type);
        string name = type.Type.Name["Api".Length..];
        if (!schemas.ContainsKey(name))
        {
            JsonObject shape = [];
            schemas[name] = shape;
            Describe(type, shape, schemas);
        }

        return new() { ["$ref"] = $"#/components/schemas/{name}" };
    }

    private static void Describe(JsonTypeInfo type, JsonObject shape, JsonObject schemas)
    {
        JsonObject properties = [];
        JsonArray required = [];
        foreach (JsonPropertyInfo property in type.Properties)
        {
            properties[property.Name] = Schema(ApiJson.Default.GetTypeInfo(property.PropertyType)!, schemas);
            if (!property.IsGetNullable)
                required.Add((JsonNode)property.Name);
        }

        shape["type"] = "object";
        shape["properties"] = properties;
        if (required.Count > 0)
            shape["required"] = required;
    }

    private static JsonObject Scalar(Type type) => type switch
    {
        _ when type == typeof(bool) => new() { ["type"] = "boolean" },
        _ when type == typeof(int) || type == typeof(long) => new() { ["type"] = "integer" },
        _ when type == typeof(double) => new() { ["type"] = "number" },
        _ when type == typeof(DateTimeOffset) => new() { ["type"] = "string", ["format"] = "date-time" },
        _ => new() { ["type"] = "string" },
    };
}
