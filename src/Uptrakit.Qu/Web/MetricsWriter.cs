using System.Globalization;
using System.Text;

namespace Uptrakit.Qu.Web;

/// <summary>The text format of Prometheus: HELP and TYPE once for each family, then its samples.</summary>
internal sealed class MetricsWriter
{
    private readonly StringBuilder text = new(64 * 1024);
    private string family = "";

    public MetricsWriter Family(string name, string type, string help)
    {
        family = name;
        text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        return this;
    }

    public MetricsWriter Sample(double value, params ReadOnlySpan<(string Name, string Value)> labels) => Sample("", value, labels);

    /// <param name="suffix">_bucket, _sum or _count of a histogram.</param>
    /// <param name="value">The number.</param>
    /// <param name="labels">Their values are escaped; their names are ours.</param>
    public MetricsWriter Sample(string suffix, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        text.Append(family).Append(suffix);
        for (int i = 0; i < labels.Length; i++)
        {
            text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"");
            Escape(labels[i].Value);
            text.Append('"');
        }

        text.Append(labels.Length > 0 ? "} " : " ").Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        return this;
    }

    public byte[] ToBytes() => Encoding.UTF8.GetBytes(text.ToString());

    private void Escape(string value)
    {
        foreach (char c in value)
        {
            _ = c switch
            {
                '\\' => text.Append("\\\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append("\\n"),
                _ => text.Append(c),
            };
        }
    }
}
