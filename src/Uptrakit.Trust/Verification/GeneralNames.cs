using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;

namespace Uptrakit.Trust.Verification;

/// <summary>The names of a certificate (subjectAltName; RFC 5280, section 4.2.1.6).</summary>
internal sealed class GeneralNames
{
    public static readonly GeneralNames None = new([]);

    private GeneralNames(IReadOnlyList<GeneralName> all) => All = all;

    public IReadOnlyList<GeneralName> All { get; }

    public static bool TryRead(ReadOnlyMemory<byte> extension, [NotNullWhen(true)] out GeneralNames? names)
    {
        names = null;
        try
        {
            AsnReader whole = new(extension, AsnEncodingRules.DER);
            AsnReader list = whole.ReadSequence();
            whole.ThrowIfNotEmpty();
            List<GeneralName> all = [];
            while (list.HasData)
                all.Add(GeneralName.Read(list));
            names = new GeneralNames(all);
            return all.Count > 0;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
