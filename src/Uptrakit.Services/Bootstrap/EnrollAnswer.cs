using Uptrakit.Contracts.Gateway;

namespace Uptrakit.Services.Bootstrap;

/// <summary>What one try to enroll came to.</summary>
internal abstract record EnrollAnswer
{
    private EnrollAnswer()
    {
    }

    public sealed record Granted(Enrolled Enrolled) : EnrollAnswer;

    public sealed record Waiting(Pending Pending) : EnrollAnswer;

    /// <summary>The Controller has said no.</summary>
    /// <param name="Words">Its reason.</param>
    /// <param name="Fault">The same for programs; unspecified where the Controller gave none.</param>
    public sealed record Refused(string Words, EnrollFault Fault) : EnrollAnswer;

    /// <summary>The server is not the Controller.</summary>
    public sealed record NotTrusted(string Words) : EnrollAnswer;

    public sealed record Unreachable(string Words) : EnrollAnswer;
}
