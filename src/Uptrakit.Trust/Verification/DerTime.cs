using System.Formats.Asn1;

namespace Uptrakit.Trust.Verification;

/// <summary>Time as RFC 5280, section 4.1.2.5, has it: UTCTime or GeneralizedTime, in whole seconds.</summary>
internal static class DerTime
{
    /// <exception cref="AsnContentException">There is none.</exception>
    public static DateTimeOffset Read(AsnReader reader)
    {
        if (reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime))
            return reader.ReadUtcTime();

        DateTimeOffset time = reader.ReadGeneralizedTime();
        return time.Ticks % TimeSpan.TicksPerSecond == 0 ? time : throw new AsnContentException("a fraction of a second");
    }

    /// <summary>Whether a time comes next.</summary>
    public static bool IsNext(AsnReader reader) =>
        reader.HasData
        && (
            reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime)
            || reader.PeekTag().HasSameClassAndValue(Asn1Tag.GeneralizedTime)
        );
}
