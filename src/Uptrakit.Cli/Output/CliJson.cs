using System.Text.Json;
using System.Text.Json.Serialization;
using Uptrakit.Cli.Commands;

namespace Uptrakit.Cli.Output;

/// <summary>What `uptrakit` itself has to say, as JSON: like the API, snake_case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AuthStatusView))]
[JsonSerializable(typeof(CaStatusView))]
internal sealed partial class CliJson : JsonSerializerContext;
