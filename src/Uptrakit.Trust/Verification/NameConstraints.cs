using System.Formats.Asn1;
using System.Text;

namespace Uptrakit.Trust.Verification;

/// <summary>For which names an authority may speak (nameConstraints; RFC 5280, section 4.2.1.10).</summary>
/// <remarks>
/// DNS names and addresses are compared. Directory names are refused outright, because each certificate has one; any other
/// form is refused when a certificate below has a name of that form, as the standard demands of who can not compare it.
/// </remarks>
internal sealed class NameConstraints
{
    // Names times constraints: a certificate of 100 KiB can hold thousands of each.
    private const int MostComparisons = 10_000;
    private static readonly Asn1Tag PermittedTag = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag ExcludedTag = new(TagClass.ContextSpecific, 1);

    private readonly List<GeneralName> permitted;
    private readonly List<GeneralName> excluded;

    private NameConstraints(List<GeneralName> permitted, List<GeneralName> excluded)
    {
        this.permitted = permitted;
        this.excluded = excluded;
    }

    /// <exception cref="AsnContentException">It is not one.</exception>
    public static NameConstraints Read(AsnReader fields)
    {
        List<GeneralName> permitted = ReadSubtrees(fields, PermittedTag);
        List<GeneralName> excluded = ReadSubtrees(fields, ExcludedTag);
        fields.ThrowIfNotEmpty();
        return new NameConstraints(permitted, excluded);
    }

    /// <summary>Whether all names of a certificate below are within the constraints.</summary>
    public bool Allow(GeneralNames names)
    {
        if ((long)names.All.Count * (permitted.Count + excluded.Count) > MostComparisons)
            return false;
        if (permitted.Concat(excluded).Any(c => c.Tag == GeneralName.Directory || !IsWellFormed(c)))
            return false;
        return names.All.All(Allows);
    }

    private static List<GeneralName> ReadSubtrees(AsnReader fields, Asn1Tag tag)
    {
        List<GeneralName> subtrees = [];
        if (!fields.HasData || !fields.PeekTag().HasSameClassAndValue(tag))
            return subtrees;

        AsnReader list = fields.ReadSequence(tag);
        while (list.HasData)
        {
            AsnReader subtree = list.ReadSequence();
            subtrees.Add(GeneralName.Read(subtree));
            subtree.ThrowIfNotEmpty(); // minimum is 0 and maximum absent, or nobody knows what it means
        }

        return subtrees;
    }

    private bool Allows(GeneralName name)
    {
        if (excluded.Any(c => c.Tag == name.Tag && MayTouch(c, name)))
            return false;
        return !permitted.Any(c => c.Tag == name.Tag) || permitted.Any(c => c.Tag == name.Tag && Covers(c, name));
    }

    // Does the subtree hold the name; of a wildcard: every name that it may stand for?
    private static bool Covers(GeneralName constraint, GeneralName name) =>
        name.Tag switch
        {
            GeneralName.Dns => DnsText.IsPattern(Text(name)) && IsWithin(Text(name), Text(constraint)),
            GeneralName.IpAddress => IsInNetwork(name.Value.Span, constraint.Value.Span),
            _ => false,
        };

    // Does the subtree hold the name; of a wildcard: any name that it may stand for? What can't be compared, might.
    private static bool MayTouch(GeneralName constraint, GeneralName name) =>
        name.Tag switch
        {
            GeneralName.Dns => !DnsText.IsPattern(Text(name))
                || IsWithin(Text(name), Text(constraint))
                || WildcardReaches(Text(name), Text(constraint)),
            GeneralName.IpAddress => name.Value.Length is not (4 or 16) || IsInNetwork(name.Value.Span, constraint.Value.Span),
            _ => true,
        };

    private static bool IsWithin(string name, string subtree)
    {
        if (subtree.Length == 0)
            return true;
        if (subtree[0] == '.')
            return name.EndsWith(subtree, StringComparison.OrdinalIgnoreCase);
        return name.EndsWith(subtree, StringComparison.OrdinalIgnoreCase)
            && (name.Length == subtree.Length || name[^(subtree.Length + 1)] == '.');
    }

    // *.example.com stands for bar.example.com too, which may be what is excluded.
    private static bool WildcardReaches(string name, string subtree)
    {
        int dot = subtree.IndexOf('.', StringComparison.Ordinal);
        return name[0] == '*' && dot >= 0 && name.AsSpan(1).Equals(subtree.AsSpan(dot), StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsInNetwork(ReadOnlySpan<byte> address, ReadOnlySpan<byte> network)
    {
        if (address.Length * 2 != network.Length)
            return false;
        for (int i = 0; i < address.Length; i++)
        {
            byte mask = network[address.Length + i];
            if ((address[i] & mask) != (network[i] & mask))
                return false;
        }

        return true;
    }

    private static bool IsWellFormed(GeneralName constraint) =>
        constraint.Tag switch
        {
            GeneralName.Dns => constraint.Value.Length == 0 || DnsText.IsName(Text(constraint).TrimStart('.')),
            GeneralName.IpAddress => constraint.Value.Length is 8 or 32
                && IsMask(constraint.Value.Span[(constraint.Value.Length / 2)..]),
            _ => true,
        };

    // Ones, then zeros: anything else is not CIDR (RFC 4632) and readers differ about it.
    private static bool IsMask(ReadOnlySpan<byte> mask)
    {
        bool ended = false;
        foreach (byte b in mask)
        {
            for (int bit = 7; bit >= 0; bit--)
            {
                bool one = (b >> bit & 1) == 1;
                if (one && ended)
                    return false;
                ended |= !one;
            }
        }

        return true;
    }

    private static string Text(GeneralName name) => Encoding.ASCII.GetString(name.Value.Span);
}
