using System.Globalization;
using Uptrakit.Quorum.History;
using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Web;

/// <summary>States and numbers as people read them.</summary>
internal static class Words
{
    /// <summary>The word that programs get.</summary>
    public static string Of(CheckState state) => Kinds.Text(state);

    public static string Title(CheckState state) => state switch
    {
        CheckState.Up => "Up",
        CheckState.Down => "Down",
        CheckState.Warn => "Warning",
        CheckState.Degraded => "Degraded",
        CheckState.Maintenance => "Maintenance",
        _ => "Unknown",
    };

    public static string Of(ProbeGrade grade) => grade switch { ProbeGrade.Up => "up", ProbeGrade.Warn => "warn", _ => "down" };

    public static string Of(CheckType type) => Kinds.CheckTypes.Contains(type) ? Kinds.Text(type) : "unknown";

    public static string Of(AlertType type) => type switch
    {
        AlertType.Unspecified => "unknown",
        _ => type.ToString().ToLowerInvariant(),
    };

    /// <summary>The class of a state in the style sheet.</summary>
    public static string Class(CheckState state) => state switch
    {
        CheckState.Up => "u",
        CheckState.Down => "d",
        CheckState.Warn or CheckState.Degraded => "w",
        CheckState.Maintenance => "m",
        _ => "n",
    };

    public static string Class(DayLevel level) => level switch
    {
        DayLevel.Warn => "w",
        DayLevel.Partly => "p",
        DayLevel.Down => "d",
        _ => "n",
    };

    /// <summary>Never rounded up to 100: who was down for a minute was not up all the time.</summary>
    public static string Percent(double? share)
    {
        if (share is not { } known)
            return "no data";
        double percent = Math.Floor(known * 10_000) / 100;
        return percent.ToString(percent is 100 or 0 ? "0" : "0.00", CultureInfo.InvariantCulture) + " %";
    }

    /// <summary>Two units at the most.</summary>
    public static string Duration(TimeSpan time)
    {
        time = time < TimeSpan.Zero ? TimeSpan.Zero : time;
        FormattableString text = time switch
        {
            { TotalMinutes: < 1 } => $"{time.Seconds} s",
            { TotalHours: < 1 } => $"{time.Minutes} min",
            { TotalDays: < 1 } => $"{time.Hours} h {time.Minutes} min",
            _ => $"{(int)time.TotalDays} d {time.Hours} h",
        };
        return text.ToString(CultureInfo.InvariantCulture);
    }

    public static string Milliseconds(TimeSpan time) => time.TotalMilliseconds.ToString(time.TotalMilliseconds < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) + " ms";
}
