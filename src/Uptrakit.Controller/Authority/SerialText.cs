using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Uptrakit.Controller.Authority;

/// <summary>Serial numbers: how they are made and the one way they are written.</summary>
internal static class SerialText
{
    private const int Size = 16; // at most 20 bytes (RFC 5280, section 4.1.2.2)

    /// <summary>127 random bits, positive: nobody foresees what an issuing CA is about to sign.</summary>
    internal static byte[] Fresh()
    {
        byte[] serial = new byte[Size];
        do
        {
            RandomNumberGenerator.Fill(serial);
            serial[0] &= 0x7f;
        }
        while (serial[0] == 0); // DER would drop the zero: one length for all keeps the text comparable
        return serial;
    }

    internal static string Of(X509Certificate2 certificate) => Of(certificate.SerialNumberBytes.Span);

    /// <summary>Lower-case hex of the number, big endian, without leading zeros.</summary>
    internal static string Of(ReadOnlySpan<byte> number) => Convert.ToHexStringLower(number.TrimStart((byte)0));
}
