namespace Uptrakit.Tests.Docs;

/// <summary>docs/spec-coverage.md names tests that exist: a sentence whose test was renamed or dropped is noticed.</summary>
public sealed class SpecCoverageTests
{
    [Fact]
    public async Task Table_EveryNamedTest_Exists()
    {
        string[] named = NamedTests.In(await NamedTests.PageAsync("spec-coverage.md"));
        HashSet<string> tests = await NamedTests.AllAsync();

        Assert.True(named.Length > 50, $"only {named.Length} tests are named");
        Assert.DoesNotContain(named, name => !tests.Contains(name));
    }

    [Fact]
    public async Task Table_EverySentence_HasATest()
    {
        string[] rows = NamedTests.RowsOf(await NamedTests.PageAsync("spec-coverage.md"));

        Assert.NotEmpty(rows);
        Assert.DoesNotContain(rows, static row => !NamedTests.AreIn(row));
    }
}
