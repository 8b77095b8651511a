using System.CommandLine.Parsing;
using Uptrakit.Trust.Text;

namespace Uptrakit.CommandLine;

/// <summary>Durations as operators write them: 5s, 1m30s, 2h.</summary>
public static class DurationArgument
{
    /// <summary>Takes what is more than nothing and not more than <paramref name="most"/>.</summary>
    public static TimeSpan? Parse(ArgumentResult result, TimeSpan most)
    {
        string text = result.Tokens[0].Value;
        if (!Durations.TryParse(text, out TimeSpan duration))
            result.AddError($"{Flags.NameOf(result)}: '{text}' is not a duration; write it like 30s, 1m30s or 2h");
        else if (duration <= TimeSpan.Zero || duration > most)
            result.AddError($"{Flags.NameOf(result)}: must be more than 0 and at most {Durations.Format(most)}");
        else
            return duration;
        return null;
    }
}
