using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace Uptrakit.Controller.Dashboard.Parts;

/// <summary>A moment in words, the whole of it on hover.</summary>
public sealed partial class Moment
{
    [Parameter, EditorRequired]
    public DateTimeOffset? At { get; set; }

    [Parameter]
    public string Otherwise { get; set; } = "";

    [Inject]
    private TimeProvider Clock { get; set; } = default!;

    private string Words(DateTimeOffset time)
    {
        TimeSpan age = Clock.GetUtcNow() - time;
        string span = age.Duration() switch
        {
            { TotalSeconds: < 45 } => "a moment",
            { TotalMinutes: < 90 } and var some => $"{Math.Max(1, (int)Math.Round(some.TotalMinutes))} min",
            { TotalHours: < 36 } and var some => $"{(int)Math.Round(some.TotalHours)} h",
            { TotalDays: < 100 } and var some => $"{(int)Math.Round(some.TotalDays)} days",
            _ => "",
        };
        if (span.Length == 0)
            return time.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return age >= TimeSpan.Zero ? $"{span} ago" : $"in {span}";
    }

    private static string Full(DateTimeOffset time) => time.ToUniversalTime().ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
