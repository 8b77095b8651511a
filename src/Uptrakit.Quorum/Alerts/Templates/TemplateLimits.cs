namespace Uptrakit.Quorum.Alerts.Templates;

/// <summary>What a template may cost. The page that `qu builder` writes has the same numbers from here.</summary>
internal static class TemplateLimits
{
    /// <summary>Characters of one template.</summary>
    internal const int Source = 8192;

    /// <summary>Blocks in blocks, parentheses in parentheses.</summary>
    internal const int Depth = 16;

    /// <summary>Bytes of UTF-8 that subject and body may have together.</summary>
    internal const int Output = 8192;

    /// <summary>Nodes that may be evaluated for subject and body together. A filter costs one more for each 64 characters.</summary>
    /// <remarks>So many take less than a millisecond: the number stands in for a time limit, and is the same on every machine.</remarks>
    internal const int Steps = 10_000;

    /// <summary>Characters that a filter may make.</summary>
    internal const int Filtered = 8192;
}

/// <summary>What is left for the rendering of one message.</summary>
internal sealed class TemplateBudget
{
    internal int Steps { get; set; } = TemplateLimits.Steps;

    internal int Output { get; set; } = TemplateLimits.Output;
}
