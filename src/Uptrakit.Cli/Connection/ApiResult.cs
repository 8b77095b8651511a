namespace Uptrakit.Cli.Connection;

/// <summary>An answer of the API, or why there is none.</summary>
internal readonly record struct ApiResult<T>(T? Value, ApiFault? Fault)
    where T : class
{
    public static implicit operator ApiResult<T>(T value) => new(value, null);

    public static implicit operator ApiResult<T>(ApiFault fault) => new(null, fault);
}
