using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Checks;

/// <summary>What a check asks its target, apart from what it is called and what becomes of the answer.</summary>
internal static class Question
{
    /// <summary>Whether the answer to one is an answer to the other.</summary>
    /// <remarks>
    /// What is known not to matter is taken away and the rest compared: a field that is added one day counts until somebody says
    /// that it does not. The other way round, edits of such fields would do nothing until a restart.
    /// </remarks>
    internal static bool IsSame(Check a, Check b) => ReferenceEquals(a, b) || Bare(a).Equals(Bare(b));

    private static Check Bare(Check check)
    {
        Check bare = check.Clone();
        bare.Name = "";
        bare.AlertIds.Clear();
        bare.SuppressAlertIds.Clear();
        bare.ChangedIn = 0;
        bare.DownWhen = 0;
        bare.Tags.Clear();
        bare.ParentIds.Clear();
        bare.Group = "";
        bare.Hidden = false;
        bare.Description = "";
        bare.ReminderMs = 0;
        return bare;
    }
}
