using CsCheck;
using Google.Protobuf;
using Uptrakit.Quorum.State;
using Check = Uptrakit.Quorum.State.Check;

namespace Uptrakit.Tests.State;

/// <summary>States as <c>cluster.yaml</c> shows them.</summary>
internal static class Views
{
    public static ClusterView Empty { get; } = new("", 1, 0, "", [], [], [], [], []);

    public static ClusterView Example { get; } = new(
        "3f8fad5b-d9cb-469f-a165-70867728950e", 7, 1_795_341_600_000, "0f8fad5b-d9cb-469f-a165-70867728950e", [],
        [
            new Peer
            {
                NodeId = "0f8fad5b-d9cb-469f-a165-70867728950e", Advertise = "a.example:9901", Role = Role.Voter,
                Keys = { Key(0xAA) },
            },
        ],
        [
            new Check
            {
                Id = "c-000000000001", Name = "web", Type = CheckType.Http, Enabled = true, Target = "https://example.com/",
                IntervalMs = 30_000, TimeoutMs = 10_000, ExpectStatus = 204, AlertIds = { "a-000000000001" }, ChangedIn = 4,
            },
        ],
        [
            new Alert
            {
                Id = "a-000000000001", Name = "ops", Type = AlertType.Webhook, Enabled = true, IsDefault = true,
                Url = "https://ops.example/", ChangedIn = 3,
            },
        ],
        [
            new PendingEnrollment
            {
                Id = "e-0000000000000001", Name = "bravo", Role = Role.Voter, PublicKey = ByteString.CopyFrom(1, 2, 3),
                CreatedMs = 1_795_341_600_000, ExpiresMs = 1_795_345_200_000, CreatedBy = "0f8fad5b-d9cb-469f-a165-70867728950e",
                Claim = new EnrollmentClaim
                {
                    NodeId = "1f8fad5b-d9cb-469f-a165-70867728950e", Advertise = "b.example:9901", Key = Key(0xBB),
                },
            },
        ]);

    /// <summary>Any well-formed text; an unpaired surrogate cannot be in the state.</summary>
    public static Gen<string> Text { get; } = Gen.OneOf(
        Gen.String,
        Gen.String[Gen.Char[" \n\r\t:#-?[]{},&*!|>'\"%@`~\\ayn01.e\u0085\u00A0\u2028\uFEFF\uFFFE\uFFFF"], 0, 12])
        .Where(text => !text.Any(char.IsSurrogate));

    public static Gen<ClusterView> Any { get; } = Gen.Select(Gen.Int[0, 6], Gen.Int[0, 4], Gen.Int[0, 3], Text, Gen.Int[0, 1000])
        .Select((checks, alerts, peers, text, seed) => Make(checks, alerts, peers, text, seed));

    private static ClusterView Make(int checks, int alerts, int peers, string text, int seed) => Example with
    {
        Version = seed,
        UpdatedBy = text,
        Resolvers = seed % 2 == 0 ? [] : ["1.1.1.1", "[2001:db8::1]:53"],
        Peers = [.. Enumerable.Range(0, peers).Select(i => new Peer
        {
            NodeId = $"0f8fad5b-d9cb-469f-a165-70867728950{i}", Advertise = text, Role = (Role)(1 + (i % 2)), Joined = i == 1,
            Keys = { Enumerable.Range(0, 1 + (i % 2)).Select(k => Key((byte)k)) },
        })],
        Alerts = [.. Enumerable.Range(0, alerts).Select(i => new Alert
        {
            Id = $"a-{i:x12}", Name = $"alert {i}{text}", Type = (AlertType)(1 + (i % 2)), Enabled = i != 2, IsDefault = i == 1,
            Url = "https://x.example/?" + text, Secret = i == 0 ? text : "", ChangedIn = i + 1,
        })],
        Checks = [.. Enumerable.Range(0, checks).Select(i => MakeCheck(i, alerts, text, seed))],
    };

    private static Check MakeCheck(int i, int alerts, string text, int seed)
    {
        Check check = new()
        {
            Id = $"c-{i:x12}", Name = $"check {i}", Type = i % 2 == 0 ? CheckType.Http : CheckType.Tcp, Enabled = i != 3,
            Target = i % 2 == 0 ? "http://a.example/" : "a.example:1", IntervalMs = 10_000 + seed, TimeoutMs = 5_000,
            ExpectStatus = i == 2 ? 204 : 0, BodyMatch = i == 4 ? text : "", ChangedIn = i + 1,
        };
        if (alerts > 0 && i != 1)
            check.AlertIds.Add($"a-{i % alerts:x12}");
        if (alerts > 1 && i == 1)
            check.SuppressAlertIds.Add("a-000000000001");
        return check;
    }

    private static PeerKey Key(byte fill) => new()
    {
        SpkiSha256 = ByteString.CopyFrom([.. Enumerable.Repeat(fill, 32)]),
        Certificate = ByteString.CopyFrom([.. Enumerable.Repeat(fill, 300)]),
    };
}
