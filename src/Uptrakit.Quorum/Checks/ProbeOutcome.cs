namespace Uptrakit.Quorum.Checks;

/// <summary>What one probe saw.</summary>
/// <param name="Latency">From the start of the name look-up to the answer that decided.</param>
/// <param name="Detail">One clean line of at most 256 characters; it holds no URL and no secret.</param>
internal sealed record ProbeOutcome(bool Ok, TimeSpan Latency, string Detail);

/// <summary>What a probe found, before the time is known.</summary>
internal readonly record struct Finding(bool Ok, string Detail)
{
    internal static Finding Good(string detail) => new(true, detail);

    internal static Finding Bad(string detail) => new(false, detail);
}
