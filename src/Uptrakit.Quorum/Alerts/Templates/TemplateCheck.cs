namespace Uptrakit.Quorum.Alerts.Templates;

/// <summary>Judges templates before they are taken into the state. Every node decides alike.</summary>
internal static class TemplateCheck
{
    /// <summary>Null when it is good or empty; else one sentence with field, line and column.</summary>
    internal static string? FaultOf(string field, string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is (< ' ' and not ('\n' or '\r' or '\t')) or '\x7F')
                return $"{field}: has a control character at position {i + 1}";
        }

        return text.Length == 0 || Template.TryParse(text, out _, out TemplateFault? fault) ? null : $"{field}: {fault}";
    }
}
