namespace Uptrakit.Tests.Docs;

/// <summary>docs/parity.md names tests that exist: a row whose test was renamed or dropped is noticed.</summary>
public sealed class ParityTests
{
    [Fact]
    public async Task Table_EveryNamedTest_Exists()
    {
        string[] named = NamedTests.In(await NamedTests.PageAsync("parity.md"));
        HashSet<string> tests = await NamedTests.AllAsync();

        Assert.True(named.Length > 100, $"only {named.Length} tests are named");
        Assert.DoesNotContain(named, name => !tests.Contains(name));
    }

    [Fact]
    public async Task Table_EveryRow_HasATest()
    {
        string[] rows = NamedTests.RowsOf(await NamedTests.PageAsync("parity.md"));

        Assert.True(rows.Length > 80, $"only {rows.Length} rows are there");
        Assert.DoesNotContain(rows, static row => !NamedTests.AreIn(row));
    }
}
