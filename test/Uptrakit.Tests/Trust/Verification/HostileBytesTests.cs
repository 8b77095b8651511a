using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CsCheck;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Tests.Trust.Verification;

/// <summary>Certificates that nobody issued: whatever the bytes are, the answer is a verdict.</summary>
public sealed class HostileBytesTests
{
    private static readonly TestCa Root = TestCa.Root();
    private static readonly TestCa Issuing = Root.Issue();
    private static readonly ServerVerifier Verifier = new(new FakeTimeProvider(TestCa.Now));

    [Fact]
    public void Verify_ChangedLeaf_IsRefusedAndNeverThrows()
    {
        byte[] der = Issuing.Leaf().RawData;
        Changes(der.Length)
            .Sample(
                changes =>
                {
                    if (Changed(der, changes) is not { } leaf)
                        return;
                    Assert.False(Verifier.Verify(leaf, [Issuing.Certificate], Root.Anchors, "localhost").Accepted);
                    Assert.False(
                        Verifier.VerifyPinnedKey(leaf, [Issuing.Certificate], Root.Bundle, Root.Spki, "localhost", false).Accepted
                    );
                },
                iter: 400
            );
    }

    [Fact]
    public void Verify_ChangedIntermediate_IsRefusedAndNeverThrows()
    {
        X509Certificate2 leaf = Issuing.Leaf();
        byte[] der = Issuing.Certificate.RawData;
        Changes(der.Length)
            .Sample(
                changes =>
                {
                    if (Changed(der, changes) is { } issuer)
                        Assert.False(Verifier.Verify(leaf, [issuer], Root.Anchors, "localhost").Accepted);
                },
                iter: 400
            );
    }

    [Fact]
    public void RevocationList_ChangedBytes_NeverThrowsAndClearsNobody()
    {
        X509Certificate2 leaf = Issuing.Leaf();
        byte[] der = Issuing.RevocationList(TestCa.Now.AddDays(7), Issuing.Leaf());
        ReadOnlyMemory<byte> issuer = Issuing.Certificate.SubjectName.RawData;
        Changes(der.Length)
            .Sample(
                changes =>
                {
                    byte[] changed = Apply(der, changes);
                    // A list under another name is none of this issuer's and plays no part.
                    if (!RevocationList.TryParse(changed, out RevocationList? list) || changed.AsSpan().IndexOf(issuer.Span) < 0)
                        return;
                    Assert.False(Verifier.Verify(leaf, [Issuing.Certificate], Root.Anchors, "localhost", true, [list]).Accepted);
                },
                iter: 400
            );
    }

    [Fact]
    public void Verify_ObjectIdentifierOfMonstrousLength_IsRefused()
    {
        byte[] arc = new byte[60_000];
        arc.AsSpan().Fill(0x81);
        arc[0] = 0x2B;
        arc[^1] = 0x01;
        AsnWriter purposes = new(AsnEncodingRules.DER);
        using (purposes.PushSequence())
            purposes.WriteEncodedValue([0x06, 0x82, (byte)(arc.Length >> 8), (byte)arc.Length, .. arc]);
        X509Extension monster = new("2.5.29.37", purposes.Encode(), critical: false);
        X509Certificate2 leaf = Issuing.Leaf(new LeafSpec { Purpose = null, Extra = [monster] });

        Assert.False(Verifier.Verify(leaf, [Issuing.Certificate], Root.Anchors, "localhost").Accepted);
    }

    private static Gen<(int At, byte Value)[]> Changes(int length) => Gen.Select(Gen.Int[0, length - 1], Gen.Byte).Array[1, 4];

    private static byte[] Apply(byte[] der, (int At, byte Value)[] changes)
    {
        byte[] changed = [.. der];
        foreach ((int at, byte value) in changes)
            changed[at] = value;
        // A change to the same value is none.
        if (changed.AsSpan().SequenceEqual(der))
            changed[^1] ^= 1;
        return changed;
    }

    private static X509Certificate2? Changed(byte[] der, (int At, byte Value)[] changes)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(Apply(der, changes));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
