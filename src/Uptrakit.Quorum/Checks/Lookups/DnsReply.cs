using System.Net;

namespace Uptrakit.Quorum.Checks.Lookups;

/// <summary>One record of an answer, as text; addresses as themselves too.</summary>
internal readonly record struct DnsRecord(DnsType Type, string Text, IPAddress? Address);

/// <summary>What a name server said.</summary>
/// <param name="Records">Of the answer section, those whose type is known here.</param>
internal sealed record DnsReply(int Code, bool IsCut, IReadOnlyList<DnsRecord> Records);
