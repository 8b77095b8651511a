namespace Uptrakit.Quorum.Verdicts;

/// <summary>What one member says about one check. Who says it is known from its connection, not from here.</summary>
/// <param name="Round">Of the confirmation that asked for the probe; 0 for a regular one.</param>
/// <param name="ChangedIn">Version of the check that was probed.</param>
/// <param name="Latency">How long the probe took, failed ones too: it tells when the probe began.</param>
/// <param name="Warn">It is well, with a warning that the detail names.</param>
/// <param name="Age">What has passed since the probe ended, as the reporter measured it: a span, so its clock does not matter.</param>
internal readonly record struct ProbeVote(
    string CheckId, bool Ok, string Detail, long Round, long ChangedIn, TimeSpan Latency, TimeSpan Age, bool Warn = false);
