namespace Uptrakit.Quorum.Checks;

/// <summary>How a probe found its target.</summary>
internal enum ProbeLevel
{
    /// <summary>There is nothing to say: it is not a vote, and the prober keeps it to itself.</summary>
    Silent,
    Failed,

    /// <summary>It works, and a warning level is passed. It votes up.</summary>
    Warn,
    Ok,
}

/// <summary>What one probe saw.</summary>
/// <param name="Latency">From the start of the name look-up to the answer that decided.</param>
/// <param name="Detail">One clean line of at most 256 characters; it holds no URL and no secret.</param>
/// <param name="CertificateEnds">The first end of the certificates that were seen on the way.</param>
internal sealed record ProbeOutcome(ProbeLevel Level, TimeSpan Latency, string Detail, DateTimeOffset? CertificateEnds = null)
{
    /// <summary>Up, with a warning or without.</summary>
    internal bool Ok => Level is ProbeLevel.Ok or ProbeLevel.Warn;
}

/// <summary>What a probe found, before the time is known.</summary>
/// <param name="Took">In place of the whole time, where only a part of it was the target's.</param>
internal readonly record struct Finding(
    ProbeLevel Level, string Detail, TimeSpan? Took = null, DateTimeOffset? CertificateEnds = null)
{
    internal static Finding Silent { get; } = new(ProbeLevel.Silent, "");

    internal static Finding Good(string detail) => new(ProbeLevel.Ok, detail);

    internal static Finding Warn(string detail) => new(ProbeLevel.Warn, detail);

    internal static Finding Bad(string detail) => new(ProbeLevel.Failed, detail);

    /// <summary>The same finding with a warning, unless it is a failure, which outweighs it.</summary>
    internal Finding With(string warning) => Level switch
    {
        ProbeLevel.Ok => this with { Level = ProbeLevel.Warn, Detail = $"{Detail}; {warning}" },
        ProbeLevel.Warn => this with { Detail = $"{Detail}; {warning}" },
        _ => this,
    };
}
