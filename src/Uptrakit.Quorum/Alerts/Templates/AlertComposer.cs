using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Alerts.Templates;

/// <summary>The words of one message for one receiver.</summary>
/// <param name="Subject">One line.</param>
/// <param name="IsOwn">Whether the body is of the alert's own template: the operator may have put the receiver's markup in it.</param>
/// <param name="HasOwnSubject">The same of the subject, in which no receiver has markup.</param>
/// <param name="Fault">Why the alert's own template was not used; null when it was, or when there is none.</param>
internal sealed record AlertWords(string Subject, string Body, bool IsOwn = false, bool HasOwnSubject = false, string? Fault = null);

/// <summary>Finds the words of a message: the alert's own templates, or the default when they fail.</summary>
internal sealed class AlertComposer(ILogger logger)
{
    /// <summary>Characters of a subject.</summary>
    internal const int SubjectLimit = 200;

    // Some room is left for the last line.
    private const int SummaryLimit = TemplateLimits.Output - 1024;

    internal AlertWords Compose(Alert alert, AlertMessage message, Markup markup)
    {
        AlertWords words = message.Summed.Count > 0
            ? Summary(alert, message, markup)
            : Render(alert.Subject, alert.Body, message, markup);
        if (words.Fault is not null)
            logger.TemplateFailed(alert.Id, alert.Name, message.Id, words.Fault);
        return words;
    }

    /// <summary>What an alert with these templates would send: the preview of `qu builder` and `check test`.</summary>
    /// <param name="subject">Empty: the default of the message's type and kind.</param>
    internal static AlertWords Render(string subject, string body, AlertMessage message, Markup markup)
    {
        if (subject.Length == 0 && body.Length == 0)
            return Default(message, markup);

        TemplatePair fallback = Pair(message);
        if (!TryParse("subject", subject, fallback.Subject, message, out Template? head, out string? fault)
            || !TryParse("body", body, fallback.Body, message, out Template? text, out fault))
            return Default(message, markup) with { Fault = fault };

        TemplateValue.Group values = AlertVariables.Of(message);
        TemplateBudget budget = new();
        // A subject has no markup in any service.
        if (!head.TryRender(values, Markup.Plain, budget, out string first, out TemplateFault? wrong))
            return Default(message, markup) with { Fault = $"subject: {wrong}" };
        if (!text.TryRender(values, markup, budget, out string rest, out wrong))
            return Default(message, markup) with { Fault = $"body: {wrong}" };
        // The default says so by itself; what an operator wrote for real changes must not pass for one.
        if (message.Kind == MessageKind.Test)
            (first, rest) = ($"[TEST] {first}", $"{markup.Escape("This is a test.")}\n{rest}");
        return new AlertWords(
            OneLine(first, message), rest.TrimEnd(' ', '\t', '\n', '\r'), IsOwn: text.Source != fallback.Body, HasOwnSubject: head.Source != fallback.Subject);
    }

    internal static AlertWords Default(AlertMessage message, Markup markup)
    {
        if (message.Summed.Count > 0)
            return Summary(new Alert(), message, markup);
        TemplatePair pair = Pair(message);
        TemplateValue.Group values = AlertVariables.Of(message);
        // Its values are bounded, but escaped they may be longer than an own template may become; nothing must keep this text back.
        TemplateBudget budget = new() { Output = 4 * TemplateLimits.Output };
        return Template.TryParse(pair.Subject, out Template? subject, out TemplateFault? fault)
            && Template.TryParse(pair.Body, out Template? body, out fault)
            && subject.TryRender(values, Markup.Plain, budget, out string first, out fault)
            && body.TryRender(values, markup, budget, out string rest, out fault)
            ? new AlertWords(OneLine(first, message), rest.TrimEnd('\n'))
            : throw new InvalidOperationException($"the default template fails: {fault}");
    }

    internal static TemplatePair Pair(AlertMessage message) =>
        DefaultTemplates.Of(message.CheckType, message.Kind, message.IsAboutCheck);

    // A template that looks at neither kind nor member was written for checks: what it would say of a member is nonsense.
    private static bool TryParse(
        string field, string own, string fallback, AlertMessage message,
        [NotNullWhen(true)] out Template? template, out string? fault)
    {
        fault = null;
        bool good = Template.TryParse(own.Length == 0 ? fallback : own, out template, out TemplateFault? wrong);
        if (!good)
            fault = $"{field}: {wrong}";
        else if (!message.IsAboutCheck && own.Length > 0 && !template!.Uses("kind") && !template.Uses("member"))
            good = Template.TryParse(fallback, out template, out _);
        return good;
    }

    private static AlertWords Summary(Alert alert, AlertMessage message, Markup markup)
    {
        StringBuilder body = new();
        string? fault = null;
        int told = 0;
        body.Append("More than this alert may say in an hour; all of it was:\n");
        foreach (AlertMessage each in message.Summed)
        {
            AlertWords words = Render(alert.Subject, alert.Body, each, markup);
            fault ??= words.Fault;
            string line = $"\n{each.AtText} {markup.Escape(words.Subject)}";
            if (Encoding.UTF8.GetByteCount(body.ToString()) + Encoding.UTF8.GetByteCount(line) > SummaryLimit)
                break;
            body.Append(line);
            told++;
        }

        if (told < message.Summed.Count)
            body.Append(CultureInfo.InvariantCulture, $"\nand {message.Summed.Count - told} more");
        return new AlertWords($"[{AlertText.SummaryVerb}] {message.Summed.Count} messages", body.ToString(), Fault: fault);
    }

    private static string OneLine(string subject, AlertMessage message)
    {
        string line = PlainText.Clean(subject, SubjectLimit).Trim(' ');
        return line.Length > 0 ? line : message.Verb;
    }
}
