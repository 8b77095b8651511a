namespace Uptrakit.Quorum.State;

/// <summary>The parts of <c>cluster.yaml</c> that the cluster writes: an edit leaves them alone or is told the command.</summary>
internal static class MachineSections
{
    // These change without an operator, maybe while the file was open in an editor, and nobody can want to edit them.
    private static readonly string[] Moving = ["joined", "claim"];

    public static void Compare(ClusterView baseView, ClusterEdit edit, YamlFaults found)
    {
        // Rendered and read again, so that both sides went the same way.
        YamlFaults own = new();
        string text = ClusterYaml.Render(baseView with { Checks = [], Alerts = [] });
        if (!YamlTree.TryRead(text, ClusterYaml.MaxBytes, own, out YamlMap? root))
            throw new InvalidOperationException($"cluster.yaml as rendered does not read: {own.Found[0]}");

        YamlFields before = new(root!, own);
        foreach (string name in (ReadOnlySpan<string>)["cluster_id", "updated_at", "updated_by"])
        {
            if (edit.Document.Has(name) && before.Text(name) != edit.Document.Text(name))
                edit.Document.Fault(name, "is written by the cluster; leave it as it is", found);
        }

        CompareItems(before, edit.Document, new Section("peers", "node_id", "qu node remove", "qu enroll create"), found);
        CompareItems(before, edit.Document, new Section("pending_enrollments", "id", "qu enroll revoke", "qu enroll create"), found);
    }

    private static void CompareItems(YamlFields before, YamlFields after, Section section, YamlFaults found)
    {
        if (!after.Has(section.Name))
            return;
        Dictionary<string, YamlMap> known = before.Items(section.Name).ToDictionary(item => item.Text(section.Key)!, item => item.Map);
        foreach (YamlFields item in after.Items(section.Name))
        {
            string id = item.Text(section.Key) ?? "";
            if (!known.Remove(id, out YamlMap? same))
                found.Add(item.Map, $"{section.Name}: '{Validation.Shown(id)}' cannot be added here; use '{section.Add}'");
            else if (Changed(same, item.Map) is { } field)
                item.Fault(field, $"cannot be changed here; use '{section.Remove} {id}' and '{section.Add}'", found);
        }

        foreach (string id in known.Keys)
            found.Add(after.At(section.Name), $"{section.Name}: '{id}' is missing; to remove it use '{section.Remove} {id}'");
    }

    private static string? Changed(YamlMap before, YamlMap after) =>
        before.Fields.Concat(after.Fields).Select(field => field.Name.Text).Except(Moving)
            .FirstOrDefault(name => !Same(before.Find(name), after.Find(name)));

    private static bool Same(YamlNode? a, YamlNode? b) => (a, b) switch
    {
        (YamlScalar x, YamlScalar y) => x.Text.TrimEnd('\n') == y.Text.TrimEnd('\n'),
        (YamlList x, YamlList y) => x.Items.Count == y.Items.Count && x.Items.Zip(y.Items).All(pair => Same(pair.First, pair.Second)),
        _ => a is null && b is null,
    };

    private sealed record Section(string Name, string Key, string Remove, string Add);
}
