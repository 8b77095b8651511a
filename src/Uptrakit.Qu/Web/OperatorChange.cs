using System.Globalization;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Text;

namespace Uptrakit.Qu.Web;

/// <summary>What the operator can change from the web, as the commands that the command line sends.</summary>
internal static class OperatorChange
{
    public const string Acknowledge = "acknowledge";
    public const string TakeBack = "take-back";
    public const string Enable = "enable";
    public const string Disable = "disable";
    public const string Begin = "maintenance";
    public const string End = "end-maintenance";
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>The command, or what is wrong with what was filled in. What the cluster judges is left to it.</summary>
    /// <param name="what">One of the words above.</param>
    /// <param name="state">As this node knows it.</param>
    /// <param name="check">What it is about.</param>
    /// <param name="field">A field of the form; empty when there is none.</param>
    /// <param name="now">The time.</param>
    public static (Command? Command, string? Fault) Of(string what, ClusterState state, Check check, Func<string, string> field, DateTimeOffset now) => what switch
    {
        Acknowledge => Known(check, field("by"), field("note"), field("for"), "", now),
        TakeBack => (Unknown(check), null),
        Enable or Disable => (Switched(check, what == Enable), null),
        Begin => Rest(check, field("name"), field("for"), now),
        End => state.Windows.TryGet(field("window"), out MaintenanceWindow? window) && IsOnlyFor(window, check)
            ? (new Command { RemoveWindow = new RemoveById { Id = window.Id } }, null)
            : (null, "that maintenance is over already, or it is for other checks, too"),
        _ => (null, "nothing was chosen"),
    };

    /// <summary>Somebody looks after it: for a time, until a moment, or, with neither, until it has recovered.</summary>
    public static (Command? Command, string? Fault) Known(Check check, string by, string note, string lasts, string until, DateTimeOffset now)
    {
        if (by.Trim().Length == 0)
            return (null, "by: is empty; say who looks after it");
        if (lasts.Length > 0 && until.Length > 0)
            return (null, "for: say how long or until when, not both");
        long end = 0;
        if (lasts.Length > 0)
        {
            if (!TryTime(lasts, out TimeSpan time))
                return (null, FaultOfTime);
            end = (now + time).ToUnixTimeMilliseconds();
        }
        else if (until.Length > 0)
        {
            if (!DateTimeOffset.TryParse(until, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) || at <= now || at - now > Longest)
                return (null, "until: is no time to come within 30 days; write it as 2026-01-31T12:00:00Z");
            end = at.ToUnixTimeMilliseconds();
        }

        Acknowledgement given = new() { By = by.Trim(), Note = note.Trim(), UntilMs = end };
        return (new Command { Acknowledge = new Acknowledge { CheckId = check.Id, Acknowledgement = given } }, null);
    }

    public static Command Unknown(Check check) => new() { Acknowledge = new Acknowledge { CheckId = check.Id } };

    /// <summary>A window that can be ended without ending it for others.</summary>
    public static bool IsOnlyFor(MaintenanceWindow window, Check check) => window is { All: false, Tags.Count: 0, Cron.Length: 0, CheckIds.Count: 1 } && window.CheckIds[0] == check.Id;

    // The version makes a change by somebody else in between a refusal instead of an overwrite.
    private static Command Switched(Check check, bool on)
    {
        Check changed = check.Clone();
        changed.Enabled = on;
        return new Command { PutCheck = new PutCheck { Check = changed, ExpectedChangedIn = check.ChangedIn } };
    }

    private static (Command? Command, string? Fault) Rest(Check check, string name, string lasts, DateTimeOffset now)
    {
        if (!TryTime(lasts, out TimeSpan time))
            return (null, FaultOfTime);
        MaintenanceWindow window = new() { Name = name.Trim(), FromMs = now.ToUnixTimeMilliseconds(), ToMs = (now + time).ToUnixTimeMilliseconds() };
        window.CheckIds.Add(check.Id);
        return MaintenanceWindows.FaultOf(window) is { } fault ? (null, fault) : (new Command { PutWindow = new PutWindow { Window = window } }, null);
    }

    private const string FaultOfTime = "for: is no time of at most 30 days; write it as 30m, 2h or 1d";

    private static bool TryTime(string text, out TimeSpan time) => Durations.TryParse(text, out time) && time > TimeSpan.Zero && time <= Longest;
}
