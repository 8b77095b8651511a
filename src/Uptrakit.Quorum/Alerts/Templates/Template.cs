using System.Diagnostics.CodeAnalysis;

namespace Uptrakit.Quorum.Alerts.Templates;

/// <summary>A template that was read and found good.</summary>
/// <remarks>
/// A language of our own, and a small one: it has no way to a file, an environment variable or an object of the program, its cost
/// is counted the same on every machine, every node of every version decides alike whether a template is good, and the page that
/// `qu builder` writes holds a second implementation of it, so that its preview is what the daemon sends.
/// </remarks>
internal sealed class Template
{
    private readonly HashSet<string> roots;

    internal Template(string source, IReadOnlyList<TemplateNode> nodes, HashSet<string> roots) =>
        (Source, Nodes, this.roots) = (source, nodes, roots);

    internal string Source { get; }

    internal IReadOnlyList<TemplateNode> Nodes { get; }

    /// <summary>Whether it looks at this name or at one in this group.</summary>
    internal bool Uses(string root) => roots.Contains(root);

    internal static bool TryParse(string text, [NotNullWhen(true)] out Template? template, [NotNullWhen(false)] out TemplateFault? fault)
    {
        (template, fault) = (null, null);
        if (text.Length > TemplateLimits.Source)
        {
            fault = new TemplateFault(1, 1, $"the template has {text.Length} characters; at most {TemplateLimits.Source} are allowed");
            return false;
        }

        try
        {
            template = TemplateParser.Parse(text);
            return true;
        }
        catch (TemplateException wrong)
        {
            fault = FaultAt(text.Replace("\r\n", "\n", StringComparison.Ordinal), wrong);
            return false;
        }
    }

    /// <summary>Renders within what is left of the budget.</summary>
    internal bool TryRender(
        TemplateValue.Group values, Markup markup, TemplateBudget budget, out string text, [NotNullWhen(false)] out TemplateFault? fault)
    {
        (text, fault) = ("", null);
        try
        {
            text = new TemplateRun(values, markup, budget).Render(this);
            return true;
        }
        catch (TemplateException wrong)
        {
            fault = FaultAt(Source, wrong);
            return false;
        }
    }

    private static TemplateFault FaultAt(string source, TemplateException wrong)
    {
        ReadOnlySpan<char> before = source.AsSpan(0, Math.Min(wrong.At, source.Length));
        int line = before.Count('\n') + 1;
        return new TemplateFault(line, before.Length - before.LastIndexOf('\n'), wrong.Message);
    }
}
