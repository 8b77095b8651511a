namespace Uptrakit.Trust.Anchors;

/// <summary>
/// The roots of Mozilla's programme for TLS servers, compiled in. See <c>public-roots.md</c> for where they come from.
/// </summary>
internal static class PublicRoots
{
    private const string Resource = "Uptrakit.Trust.public-roots.pem";
    private static readonly Lazy<AnchorSet> Loaded = new(Load);

    /// <summary>The roots; read at first use.</summary>
    public static AnchorSet Anchors => Loaded.Value;

    private static AnchorSet Load()
    {
        using Stream stream =
            typeof(PublicRoots).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"{Resource} is not in the assembly");
        using StreamReader reader = new(stream);
        return new AnchorSet(AnchorSource.PublicRoots, PemBlocks.Of(reader.ReadToEnd()));
    }
}
