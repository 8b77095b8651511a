using System.Text.Json.Serialization;

namespace Uptrakit.Qu.Web;

/// <summary>JSON as the commands print it: names with underscores, nothing for null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ApiProblem))]
[JsonSerializable(typeof(ApiStatus))]
[JsonSerializable(typeof(ApiCheck))]
[JsonSerializable(typeof(ApiChecks))]
[JsonSerializable(typeof(ApiHistory))]
[JsonSerializable(typeof(ApiOutages))]
[JsonSerializable(typeof(ApiNodes))]
[JsonSerializable(typeof(ApiAlerts))]
[JsonSerializable(typeof(ApiMaintenance))]
[JsonSerializable(typeof(ApiAcknowledge))]
internal sealed partial class ApiJson : JsonSerializerContext;
