using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Google.Protobuf;
using Uptrakit.Quorum.State;

namespace Uptrakit.Quorum.Sealing;

/// <summary>The key of one member that keys of sealed secrets are wrapped for.</summary>
/// <remarks>Not the key of its TLS identity: that one signs, and one key has one purpose.</remarks>
internal sealed class SealKey : IDisposable
{
    private readonly ECDiffieHellman pair;

    private SealKey(ECDiffieHellman pair)
    {
        this.pair = pair;
        PublicKey = SealWraps.Point(pair);
        Id = ByteString.CopyFrom(SealShapes.KeyId(PublicKey));
    }

    internal ByteString PublicKey { get; }

    internal ByteString Id { get; }

    internal static SealKey Create() => new(ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256));

    internal static bool TryParse(string pem, [NotNullWhen(true)] out SealKey? key)
    {
        key = null;
        ECDiffieHellman pair = ECDiffieHellman.Create();
        try
        {
            pair.ImportFromPem(pem);
            // A file with a public key, or one of another curve, is read as well.
            if (pair.KeySize == 256 && pair.ExportParameters(includePrivateParameters: true).Curve.Oid.Value == "1.2.840.10045.3.1.7")
                key = new SealKey(pair);
        }
        catch (Exception wrong) when (wrong is CryptographicException or ArgumentException)
        {
            // Told by the answer.
        }

        if (key is null)
            pair.Dispose();
        return key is not null;
    }

    /// <summary>For the file of this key and nothing else.</summary>
    internal string ToPem() => pair.ExportPkcs8PrivateKeyPem() + "\n";

    internal byte[] Agree(ECDiffieHellmanPublicKey other) => pair.DeriveRawSecretAgreement(other);

    public override string ToString() => $"key {Convert.ToHexStringLower(Id.Span)}";

    public void Dispose() => pair.Dispose();
}
