namespace Uptrakit.Contracts.Api;

/// <summary>Why a request was not carried out (RFC 9457).</summary>
/// <param name="Title">A sentence for the operator: what was wrong and what to do.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">What programs compare; a released code keeps its meaning. One of <see cref="ProblemCode"/>.</param>
/// <param name="Detail">More words, or null.</param>
public sealed record Problem(string Title, int Status, string Code, string? Detail = null);

/// <summary>The codes of <see cref="Problem"/>.</summary>
public static class ProblemCode
{
    /// <summary>A value of the request cannot be taken (400).</summary>
    public const string Invalid = "invalid";

    /// <summary>Nobody is signed in, or the token has ended (401).</summary>
    public const string Unauthenticated = "unauthenticated";

    /// <summary>The user may not do that (403).</summary>
    public const string Forbidden = "forbidden";

    /// <summary>There is no such thing (404).</summary>
    public const string NotFound = "not_found";

    /// <summary>A name is taken (409).</summary>
    public const string NameTaken = "name_taken";

    /// <summary>It has changed in the meantime, or the step is out of order (409).</summary>
    public const string Conflict = "conflict";

    /// <summary>Services that do not trust the new root yet would be cut off (409).</summary>
    public const string CoverageIncomplete = "coverage_incomplete";

    /// <summary>Too many attempts (429).</summary>
    public const string TooMany = "too_many";

    /// <summary>The Controller failed; its log says more (500).</summary>
    public const string Failed = "failed";
}
