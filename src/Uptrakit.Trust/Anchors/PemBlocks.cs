using System.Security.Cryptography;

namespace Uptrakit.Trust.Anchors;

/// <summary>The certificates of a PEM file, decoded but not loaded.</summary>
internal static class PemBlocks
{
    private const string Label = "CERTIFICATE";

    // Files of trusted certificates by OpenSSL have a label of their own and settings behind the certificate: not taken.
    public static IReadOnlyList<ReadOnlyMemory<byte>> Of(ReadOnlySpan<char> text)
    {
        List<ReadOnlyMemory<byte>> blocks = [];
        while (PemEncoding.TryFind(text, out PemFields block))
        {
            byte[] der = new byte[block.DecodedDataLength];
            if (text[block.Label] is Label && Convert.TryFromBase64Chars(text[block.Base64Data], der, out int written))
                blocks.Add(der.AsMemory(0, written));
            text = text[block.Location.End..];
        }

        return blocks;
    }
}
