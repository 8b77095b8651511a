using Google.Protobuf;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;
using Uptrakit.Tests.Shared.Cluster;
using Uptrakit.Trust.Enrollment;
using Uptrakit.Trust.Identity;

namespace Uptrakit.EndToEnd;

/// <summary>A proof of enrollment is worth nothing to anybody but its maker, nor at any node but the one it was made for.</summary>
[Collection(nameof(MemberCluster))]
public sealed class ProofTests(SharedCluster shared) : ClusterTest(shared)
{
    private const string From = "127.0.3.1";

    [Fact]
    public async Task Proof_Honest_IsTaken()
    {
        EnrollmentToken token = await NewTokenAsync();
        using NodeIdentity server = Leader.LoadIdentity();
        using NodeIdentity joiner = Enrolling.NewKey();

        Outcome outcome = await SendAsync(Enrolling.Request(token, server.Fingerprint, joiner), joiner);

        Assert.Equal(OutcomeStatus.Pending, outcome.Status);
    }

    [Fact]
    public async Task Proof_RelayedByAManInTheMiddle_IsRefused()
    {
        EnrollmentToken token = await NewTokenAsync();
        using NodeIdentity middle = Enrolling.NewKey();
        using NodeIdentity joiner = Enrolling.NewKey();

        // The joiner saw the key of the man in the middle and signed it; he has to show a key of his own to the cluster.
        EnrollRequest caught = Enrolling.Request(token, middle.Fingerprint, joiner);

        await IsRefusedAsync(token, caught, middle);
        await IsRefusedAsync(token, caught, joiner);
    }

    [Fact]
    public async Task Proof_MadeForAnotherMember_IsRefused()
    {
        EnrollmentToken token = await NewTokenAsync();
        using NodeIdentity other = Followers[0].LoadIdentity();
        using NodeIdentity joiner = Enrolling.NewKey();

        await IsRefusedAsync(token, Enrolling.Request(token, other.Fingerprint, joiner), joiner);
    }

    [Fact]
    public async Task Proof_ReplayedUnderAnotherKey_IsRefused()
    {
        EnrollmentToken token = await NewTokenAsync();
        using NodeIdentity server = Leader.LoadIdentity();
        using NodeIdentity joiner = Enrolling.NewKey();
        using NodeIdentity thief = Enrolling.NewKey();
        using NodeIdentity impostor = Enrolling.NewKey(joiner.NodeId);
        EnrollRequest heard = Enrolling.Request(token, server.Fingerprint, joiner);

        await IsRefusedAsync(token, heard, thief);
        await IsRefusedAsync(token, heard, impostor);

        Outcome honest = await SendAsync(heard, joiner);
        Assert.Equal(OutcomeStatus.Pending, honest.Status);
        Assert.Equal(OutcomeStatus.Refused, (await SendAsync(heard, impostor)).Status);
        Assert.Equal(joiner.NodeId.ToString(), (await PendingAsync(token))?.Claim?.NodeId);
    }

    [Fact]
    public async Task Proof_WithAnyPartChanged_IsRefused()
    {
        EnrollmentToken token = await NewTokenAsync();
        using NodeIdentity server = Leader.LoadIdentity();
        using NodeIdentity joiner = Enrolling.NewKey();
        EnrollRequest honest = Enrolling.Request(token, server.Fingerprint, joiner);

        EnrollRequest otherNode = honest.Clone();
        otherNode.NodeId = NodeId.New().ToString();
        EnrollRequest otherAddress = honest.Clone();
        otherAddress.Advertise = "127.0.0.1:10";
        EnrollRequest otherNonce = honest.Clone();
        otherNonce.Nonce = ByteString.CopyFrom(new byte[32]);

        foreach (EnrollRequest changed in (EnrollRequest[])[otherNode, otherAddress, otherNonce])
            await IsRefusedAsync(token, changed, joiner);
    }

    [Fact]
    public async Task ClusterYaml_Stolen_RedeemsNothing()
    {
        EnrollmentToken token = await NewTokenAsync();
        using NodeIdentity server = Leader.LoadIdentity();
        using NodeIdentity thief = Enrolling.NewKey();
        await Until.TrueAsync("the enrollment is in cluster.yaml", () => File.ReadAllText(Leader.ClusterFile).Contains(token.Id, StringComparison.Ordinal),
            TimeSpan.FromSeconds(10), Cancel);
        PendingEnrollment stolen = (await PendingAsync(token))!;

        // Everything that the state holds, tried as a proof; and the signature of a token that the thief made himself.
        EnrollRequest request = Enrolling.Request(token, server.Fingerprint, thief, signer: ThiefsToken(token));
        await IsRefusedAsync(token, request, thief);
        foreach (ByteString proof in (ByteString[])[ByteString.Empty, stolen.PublicKey, ByteString.CopyFrom(stolen.PublicKey.Span[^64..])])
        {
            request.Proof = proof;
            await IsRefusedAsync(token, request, thief);
        }

        string text = await File.ReadAllTextAsync(Leader.ClusterFile, Cancel);
        Assert.DoesNotContain(token.Reveal()[8..40], text, StringComparison.Ordinal);
    }

    private static EnrollmentToken ThiefsToken(EnrollmentToken like) =>
        EnrollmentToken.Mint(like.ClusterId, TimeProvider.System.GetUtcNow().AddHours(1), like.Endpoints);

    private async Task<EnrollmentToken> NewTokenAsync() =>
        Enrolling.Parse((await TestCluster.TokenAsync(Leader, Cancel, autoApprove: false, ttl: TimeSpan.FromMinutes(1))).Token);

    private Task<Outcome> SendAsync(EnrollRequest request, NodeIdentity caller) => Enrolling.SendAsync(request, caller, Leader, From, Cancel);

    private async Task IsRefusedAsync(EnrollmentToken token, EnrollRequest request, NodeIdentity caller)
    {
        Outcome outcome = await SendAsync(request, caller);
        Assert.Equal(OutcomeStatus.Refused, outcome.Status);
        Assert.Null((await PendingAsync(token))?.Claim);
    }

    private async Task<PendingEnrollment?> PendingAsync(EnrollmentToken token) =>
        (await TestCluster.ReadAsync(Leader, Cancel)).Enrollments.FirstOrDefault(e => e.Id == token.Id);
}
