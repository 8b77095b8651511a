using Uptrakit.Trust.Verification;

namespace Uptrakit.Tests.Trust.Verification;

/// <summary>
/// The cases of C2SP's x509-limbo, against what rustls with webpki does with them: nothing looser, and every stricter case is
/// in <c>docs/conformance.md</c> with its reason. The vectors are not in the repository; <c>UPTRAKIT_LIMBO</c> says
/// where they are.
/// </summary>
public sealed class LimboTests
{
    private const int ServerCases = 192;

    [Fact]
    public void ServerVerifier_LimboVectors_NoneLooserAndTheStricterOnesAreDocumented()
    {
        Assert.SkipUnless(Limbo.TryFindFolder(out string folder), "no limbo.json: set UPTRAKIT_LIMBO to the folder that has it");
        IReadOnlyList<LimboCase> cases = Limbo.Load(folder);
        Assert.Equal(ServerCases, cases.Count);

        List<string> looser = [];
        SortedSet<string> stricter = new(StringComparer.Ordinal);
        foreach (LimboCase c in cases)
        {
            ServerVerdict verdict = c.Verify();
            if (verdict.Accepted && !c.Accepted)
                looser.Add(c.Id);
            if (!verdict.Accepted && c.Accepted)
                stricter.Add($"{c.Id} {verdict.Refusal}");
        }

        Assert.Empty(looser);
        Assert.Equal(Limbo.DocumentedStricter(), stricter);
    }
}
