using System.Text.RegularExpressions;

namespace Uptrakit.Tests.Docs;

/// <summary>Tests that a page of the documentation names, and the tests that there are.</summary>
internal static partial class NamedTests
{
    public static Task<string> PageAsync(string name) =>
        File.ReadAllTextAsync(Path.Combine(Checkout.Root(), "docs", name), TestContext.Current.CancellationToken);

    public static bool AreIn(string text) => Named().IsMatch(text);

    /// <summary>Each as room, class and method.</summary>
    public static string[] In(string page) => [.. Named().Matches(page).Select(static match => match.Groups[1].Value).Distinct()];

    /// <summary>The rows of its tables, without their heads.</summary>
    public static string[] RowsOf(string page)
    {
        string[] lines = page.Split('\n');
        return [.. lines.Where((line, i) => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| ---", StringComparison.Ordinal)
            && !(i + 1 < lines.Length && lines[i + 1].StartsWith("| ---", StringComparison.Ordinal)))];
    }

    /// <summary>All tests of this checkout.</summary>
    public static async Task<HashSet<string>> AllAsync()
    {
        HashSet<string> tests = [];
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Checkout.Root(), "test"), "*Tests.cs", SearchOption.AllDirectories))
        {
            string text = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            string prefix = $"{Room().Match(text).Groups[1].Value}.{Class().Match(text).Groups[1].Value}";
            tests.UnionWith(Method().Matches(text).Select(method => $"{prefix}.{method.Groups[1].Value}"));
        }

        return tests;
    }

    [GeneratedRegex("`([A-Za-z]+\\.[A-Za-z0-9]+Tests\\.\\w+)`")]
    private static partial Regex Named();

    [GeneratedRegex(@"^namespace [\w.]*?(\w+);", RegexOptions.Multiline)]
    private static partial Regex Room();

    [GeneratedRegex(@"^public (?:sealed |abstract |partial )*class (\w+Tests)\b", RegexOptions.Multiline)]
    private static partial Regex Class();

    [GeneratedRegex(@"^    (?:public|internal) (?:async |static )*(?:Task|void) (\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Method();
}
