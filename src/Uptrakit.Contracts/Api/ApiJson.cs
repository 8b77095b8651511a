using System.Text.Json.Serialization;

namespace Uptrakit.Contracts.Api;

/// <summary>How the API is written: snake_case, nothing by reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DictionaryKeyPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = false)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(ServiceView))]
[JsonSerializable(typeof(ServiceList))]
[JsonSerializable(typeof(ApproveServiceRequest))]
[JsonSerializable(typeof(EnrollmentTokenView))]
[JsonSerializable(typeof(EnrollmentTokenList))]
[JsonSerializable(typeof(CreateEnrollmentTokenRequest))]
[JsonSerializable(typeof(CreatedEnrollmentToken))]
[JsonSerializable(typeof(CertificatesView))]
[JsonSerializable(typeof(RotateCaRequest))]
[JsonSerializable(typeof(SettingsView))]
[JsonSerializable(typeof(AuditList))]
[JsonSerializable(typeof(UserView))]
[JsonSerializable(typeof(UserList))]
[JsonSerializable(typeof(CreateUserRequest))]
[JsonSerializable(typeof(ApiTokenView))]
[JsonSerializable(typeof(ApiTokenList))]
[JsonSerializable(typeof(CreateApiTokenRequest))]
[JsonSerializable(typeof(CreatedApiToken))]
[JsonSerializable(typeof(MeView))]
public sealed partial class ApiJson : JsonSerializerContext;
