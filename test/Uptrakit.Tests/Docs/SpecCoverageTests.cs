using System.Text.RegularExpressions;

namespace Uptrakit.Tests.Docs;

/// <summary>docs/spec-coverage.md names tests that exist: a sentence whose test was renamed or dropped is noticed.</summary>
public sealed partial class SpecCoverageTests
{
    [Fact]
    public async Task Table_EveryNamedTest_Exists()
    {
        string page = await PageAsync();
        HashSet<string> tests = await TestsOfAsync(Path.Combine(Checkout.Root(), "test"));
        string[] named = [.. Named().Matches(page).Select(static match => match.Groups[1].Value).Distinct()];

        Assert.True(named.Length > 50, $"only {named.Length} tests are named");
        Assert.DoesNotContain(named, name => !tests.Contains(name));
    }

    [Fact]
    public async Task Table_EverySentence_HasATest()
    {
        string page = await PageAsync();
        string[] rows = [.. page.Split('\n').Where(static line => line.StartsWith("| ", StringComparison.Ordinal)
            && !line.StartsWith("| sentence", StringComparison.Ordinal) && !line.StartsWith("| ---", StringComparison.Ordinal))];

        Assert.NotEmpty(rows);
        Assert.DoesNotContain(rows, static row => !Named().IsMatch(row));
    }

    [GeneratedRegex("`([A-Za-z]+\\.[A-Za-z0-9]+Tests\\.\\w+)`")]
    private static partial Regex Named();

    [GeneratedRegex(@"^namespace [\w.]*?(\w+);", RegexOptions.Multiline)]
    private static partial Regex Room();

    [GeneratedRegex(@"^public (?:sealed |abstract |partial )*class (\w+Tests)\b", RegexOptions.Multiline)]
    private static partial Regex Class();

    [GeneratedRegex(@"^    public (?:async |static )*(?:Task|void) (\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Method();

    private static Task<string> PageAsync() =>
        File.ReadAllTextAsync(Path.Combine(Checkout.Root(), "docs", "spec-coverage.md"), TestContext.Current.CancellationToken);

    /// <summary>Each as room, class and method.</summary>
    private static async Task<HashSet<string>> TestsOfAsync(string folder)
    {
        HashSet<string> tests = [];
        foreach (string file in Directory.EnumerateFiles(folder, "*Tests.cs", SearchOption.AllDirectories))
        {
            string text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            string prefix = $"{Room().Match(text).Groups[1].Value}.{Class().Match(text).Groups[1].Value}";
            tests.UnionWith(Method().Matches(text).Select(method => $"{prefix}.{method.Groups[1].Value}"));
        }

        return tests;
    }
}
