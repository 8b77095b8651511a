namespace Uptrakit.Qu.Tui;

/// <summary>What the view wants to be done outside of it.</summary>
internal abstract record TuiOrder
{
    private TuiOrder()
    {
    }

    internal sealed record Quit : TuiOrder;

    internal sealed record Refresh : TuiOrder;

    internal sealed record LookBack(string CheckId) : TuiOrder;

    internal sealed record AddCheck(string Type, string Name, string Target, TimeSpan Interval) : TuiOrder;

    internal sealed record AddAlert(string Type, string Name, string Url, bool IsDefault) : TuiOrder;

    internal sealed record Remove(Tab Kind, string Id, string Name) : TuiOrder;

    internal sealed record Enable(Tab Kind, string Id, bool On) : TuiOrder;

    internal sealed record MakeDefault(string AlertId, bool On) : TuiOrder;

    /// <summary>A test message through each of these alerts.</summary>
    internal sealed record Test(Tab Kind, string Id) : TuiOrder;
}
