using System.Globalization;

namespace Uptrakit.Quorum.Alerts.Templates;

/// <summary>What is wrong with a template, and where; both counted from 1.</summary>
internal sealed record TemplateFault(int Line, int Column, string Words)
{
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"line {Line}, column {Column}: {Words}");
}

/// <summary>Ends parsing or rendering; never leaves this room.</summary>
internal sealed class TemplateException : Exception
{
    internal TemplateException(int at, string words)
        : base(words) => At = at;

    /// <summary>Index in the source.</summary>
    internal int At { get; }
}
