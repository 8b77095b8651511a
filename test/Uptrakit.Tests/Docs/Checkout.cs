namespace Uptrakit.Tests.Docs;

/// <summary>The checkout that the tests were built in.</summary>
internal static class Checkout
{
    /// <summary>Its folder; skips the test outside of one.</summary>
    public static string Root()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "Uptrakit.slnx")))
            at = at.Parent;
        Assert.SkipWhen(at is null, "the tests do not run inside of a checkout");
        return at!.FullName;
    }
}
