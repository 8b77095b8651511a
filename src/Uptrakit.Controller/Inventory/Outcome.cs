using Uptrakit.Contracts.Api;

namespace Uptrakit.Controller.Inventory;

/// <summary>A value, or why there is none: the code of a problem and a sentence for the operator.</summary>
internal readonly record struct Outcome<T>(T? Value, string? Code, string? Fault)
    where T : class
{
    public static Outcome<T> Of(T value) => new(value, null, null);

    public static Outcome<T> Refuse(string code, string fault) => new(null, code, fault);

    public static Outcome<T> Invalid(string fault) => Refuse(ProblemCode.Invalid, fault);

    public static Outcome<T> NotFound(string fault) => Refuse(ProblemCode.NotFound, fault);
}
