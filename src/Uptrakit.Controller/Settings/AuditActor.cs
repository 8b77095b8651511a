namespace Uptrakit.Controller.Settings;

/// <summary>Who is behind a change that a room makes in a transaction of its own, which knows nothing of callers.</summary>
internal static class AuditActor
{
    public const string Controller = "controller";

    private static readonly AsyncLocal<string?> Ambient = new();

    public static string Current => Ambient.Value ?? Controller;

    /// <summary>Holds for the work and what it calls, and for nothing else.</summary>
    public static async Task<T> ActAsync<T>(string actor, Func<Task<T>> work)
    {
        Ambient.Value = actor; // a change in an async method ends with it
        return await work();
    }
}
