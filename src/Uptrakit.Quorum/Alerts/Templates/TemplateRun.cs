using System.Globalization;
using System.Text;

namespace Uptrakit.Quorum.Alerts.Templates;

/// <summary>One rendering. It stops at the limit, not after it.</summary>
internal sealed class TemplateRun(TemplateValue.Group values, Markup markup, TemplateBudget budget)
{
    private const int CharactersPerStep = 64;

    private readonly StringBuilder output = new();
    private readonly Dictionary<string, TemplateValue> loops = [];

    internal string Render(Template template)
    {
        Render(template.Nodes);
        return output.ToString();
    }

    private void Render(IReadOnlyList<TemplateNode> nodes)
    {
        foreach (TemplateNode node in nodes)
        {
            switch (node)
            {
                case TemplateNode.Words words:
                    Spend(1, 0);
                    Write(words.Value, 0);
                    break;
                case TemplateNode.Show show:
                    Write(markup.Escape(Evaluate(show.Value, show.At).Shown), show.At);
                    break;
                case TemplateNode.If choice:
                    Branch? taken = choice.Branches.FirstOrDefault(b => b.Condition is null || Evaluate(b.Condition, choice.At).IsTrue);
                    if (taken is not null)
                        Render(taken.Block);
                    break;
                case TemplateNode.For loop:
                    foreach (TemplateValue item in ((TemplateValue.List)Evaluate(loop.List, loop.At)).Items)
                    {
                        Spend(1, loop.At);
                        loops[loop.Name] = item;
                        Render(loop.Block);
                    }

                    break;
            }
        }
    }

    private TemplateValue Evaluate(TemplateExpression expression, int at)
    {
        Spend(1, at);
        return expression switch
        {
            TemplateExpression.Literal literal => literal.Value,
            TemplateExpression.Name name => Find(name.Path),
            TemplateExpression.Not not => new TemplateValue.Flag(!Evaluate(not.Of, at).IsTrue),
            TemplateExpression.Two { Sign: "and" } two => Evaluate(two.Left, at) is { IsTrue: true } ? Evaluate(two.Right, at) : No,
            TemplateExpression.Two { Sign: "or" } two => Evaluate(two.Left, at) is { IsTrue: true } left ? left : Evaluate(two.Right, at),
            TemplateExpression.Two two => Compare(two.Sign, Evaluate(two.Left, at), Evaluate(two.Right, at)),
            TemplateExpression.Filtered filtered => Filter(filtered, at),
            _ => TemplateValue.Empty,
        };
    }

    private static TemplateValue.Flag No { get; } = new(false);

    private TemplateValue Filter(TemplateExpression.Filtered filtered, int at)
    {
        TemplateValue value = Evaluate(filtered.Of, at);
        string shown = value.Shown;
        Spend(1 + shown.Length / CharactersPerStep, filtered.At);
        if (TemplateFilters.LengthAfter(filtered.Filter, shown, filtered.Arguments) > TemplateLimits.Filtered)
            throw new TemplateException(filtered.At, $"the text grows over {TemplateLimits.Filtered} characters");
        return TemplateFilters.Apply(filtered.Filter, value, shown, filtered.Arguments);
    }

    private TemplateValue Find(IReadOnlyList<string> path)
    {
        TemplateValue? found = loops.TryGetValue(path[0], out TemplateValue? item) ? item : values.Fields.GetValueOrDefault(path[0]);
        for (int i = 1; i < path.Count; i++)
            found = (found as TemplateValue.Group)?.Fields.GetValueOrDefault(path[i]);
        return found ?? TemplateValue.Empty;
    }

    // Two numbers by their size, everything else by how it is shown.
    private static TemplateValue.Flag Compare(string sign, TemplateValue left, TemplateValue right)
    {
        int order = TryNumber(left, out long a) && TryNumber(right, out long b)
            ? a.CompareTo(b)
            : string.CompareOrdinal(left.Shown, right.Shown);
        return new TemplateValue.Flag(sign switch
        {
            "==" => order == 0,
            "!=" => order != 0,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        });
    }

    private static bool TryNumber(TemplateValue value, out long number)
    {
        number = (value as TemplateValue.Number)?.Value ?? 0;
        return value is TemplateValue.Number
            || (value is TemplateValue.Text { Value.Length: <= 9 } text
                && long.TryParse(text.Value, NumberStyles.None, CultureInfo.InvariantCulture, out number));
    }

    private void Spend(int steps, int at)
    {
        budget.Steps -= steps;
        if (budget.Steps < 0)
            throw new TemplateException(at, $"the template takes more than {TemplateLimits.Steps} steps");
    }

    private void Write(string text, int at)
    {
        budget.Output -= Encoding.UTF8.GetByteCount(text);
        if (budget.Output < 0)
            throw new TemplateException(at, $"subject and body grow over {TemplateLimits.Output} bytes");
        output.Append(text);
    }
}
