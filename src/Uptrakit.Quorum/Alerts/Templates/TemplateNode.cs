namespace Uptrakit.Quorum.Alerts.Templates;

/// <summary>A part of a template. At is its index in the source.</summary>
internal abstract record TemplateNode
{
    private TemplateNode()
    {
    }

    internal sealed record Words(string Value) : TemplateNode;

    internal sealed record Show(int At, TemplateExpression Value) : TemplateNode;

    internal sealed record If(int At, IReadOnlyList<Branch> Branches) : TemplateNode;

    internal sealed record For(int At, string Name, TemplateExpression List, IReadOnlyList<TemplateNode> Block) : TemplateNode;
}

/// <summary>One arm of an if. Without a condition it is the else.</summary>
internal sealed record Branch(TemplateExpression? Condition, IReadOnlyList<TemplateNode> Block);

/// <summary>What a template asks for.</summary>
internal abstract record TemplateExpression
{
    private TemplateExpression()
    {
    }

    internal sealed record Literal(TemplateValue Value) : TemplateExpression;

    internal sealed record Name(IReadOnlyList<string> Path) : TemplateExpression;

    internal sealed record Not(TemplateExpression Of) : TemplateExpression;

    /// <param name="Sign">and, or, ==, !=, &lt;, &lt;=, &gt;, &gt;=</param>
    internal sealed record Two(string Sign, TemplateExpression Left, TemplateExpression Right) : TemplateExpression;

    internal sealed record Filtered(int At, TemplateExpression Of, string Filter, IReadOnlyList<TemplateValue> Arguments)
        : TemplateExpression;
}
