namespace Uptrakit.Controller.Dashboard;

/// <summary>Where to go after signing in: only within this house.</summary>
internal static class LocalPath
{
    public const string Home = "/";

    /// <summary>The path, or the front page for what leads elsewhere: //host, /\host, https:...</summary>
    public static string Of(string? path) =>
        path is ['/', ..] and not ['/', '/' or '\\', ..] && !path.Any(char.IsControl) ? path : Home;
}
