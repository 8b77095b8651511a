using System.Text.Json;
using System.Text.Json.Serialization;
using Uptrakit.Cli.Commands;
using Uptrakit.Cli.Trust;

namespace Uptrakit.Cli.Output;

/// <summary>What `uptrakit` itself has to say, as JSON: like the API, snake_case.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AuthStatusView))]
[JsonSerializable(typeof(CaStatusView))]
[JsonSerializable(typeof(ExplainView))]
internal sealed partial class CliJson : JsonSerializerContext;
