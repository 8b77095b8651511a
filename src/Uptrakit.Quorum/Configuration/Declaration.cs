using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Configuration;

/// <summary>What a file says should be there. A section that it does not have is null: nothing is said about it.</summary>
internal sealed class Declaration
{
    private static readonly string[] Sections = ["resolvers", "alerts", "checks", "maintenance"];

    private Declaration(YamlFields document)
    {
        Document = document;
        Resolvers = document.Texts("resolvers");
        Alerts = document.Has("alerts") ? [.. document.Items("alerts").Select(ClusterYaml.ReadAlert)] : null;
        Checks = document.Has("checks") ? [.. document.Items("checks").Select(ClusterYaml.ReadCheck)] : null;
        Windows = document.Has("maintenance") ? [.. document.Items("maintenance").Select(WindowYaml.Read)] : null;
    }

    public YamlFields Document { get; }

    public IReadOnlyList<string>? Resolvers { get; }

    public IReadOnlyList<Edited<Alert>>? Alerts { get; }

    public IReadOnlyList<Edited<Check>>? Checks { get; }

    public IReadOnlyList<Edited<MaintenanceWindow>>? Windows { get; }

    /// <summary>Reads all that can be read, and tells all that is wrong with the rest; null when it is no YAML of ours at all.</summary>
    /// <param name="text">The file.</param>
    /// <param name="whole">Whether it must say something about every section, because what it does not name is removed.</param>
    /// <param name="faults">Where faults go.</param>
    public static Declaration? Read(string text, bool whole, YamlFaults faults)
    {
        if (!YamlTree.TryRead(text, ClusterYaml.MaxBytes, faults, out YamlMap? root))
            return null;
        YamlFields document = new(root!, faults);
        document.RefuseOthers(Sections, static name => name is "cluster_id" or "version" or "updated_at" or "updated_by" or "peers" or "pending_enrollments"
            ? "is written by the cluster; leave it out here"
            : null);
        // It could mean none, or that somebody cut too much. Ask.
        foreach (string section in Sections.Where(section => whole && !document.Has(section)))
            faults.Add(null, $"'{section}' is missing, and what is not named would be removed; write '{section}: []' for none");
        return new Declaration(document);
    }
}
