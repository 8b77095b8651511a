using Microsoft.Extensions.Time.Testing;
using Uptrakit.Tests.Shared;
using Uptrakit.Trust.Digests;
using Uptrakit.Trust.Identity;

namespace Uptrakit.Tests.Trust.Identity;

public sealed class KeyRotationTests : IDisposable
{
    private static readonly FakeTimeProvider Clock = new();

    private readonly ScratchFolder folder = new();
    private readonly NodeIdentity old = NodeIdentity.Create(NodeId.New(), KeyType.EcdsaP256, Clock);
    private readonly NodeIdentity next;

    public KeyRotationTests()
    {
        next = NodeIdentity.Create(old.NodeId, KeyType.EcdsaP256, Clock);
        old.Save(folder.Path);
    }

    [Fact]
    public void TryLoadNext_NoneWritten_IsNoFault()
    {
        Assert.False(NodeIdentity.TryLoadNext(folder.Path, old.NodeId, out NodeIdentity? none, out string? fault));
        Assert.Null(none);
        Assert.Null(fault);
    }

    [Fact]
    public void SaveNext_Written_LeavesTheCurrentOneInForce()
    {
        next.SaveNext(folder.Path);

        Assert.Equal(old.Fingerprint, Current());
        Assert.True(NodeIdentity.TryLoadNext(folder.Path, old.NodeId, out NodeIdentity? loaded, out string? fault), fault);
        Assert.Equal(next.Fingerprint, loaded.Fingerprint);
        loaded.Dispose();
    }

    [Fact]
    public void TryLoadNext_WritingWasInterrupted_IsNone()
    {
        next.SaveNext(folder.Path);
        File.Delete(folder["next/cert.pem"]);

        Assert.False(NodeIdentity.TryLoadNext(folder.Path, old.NodeId, out _, out string? fault));
        Assert.Null(fault);
        Assert.Equal(old.Fingerprint, Current());
    }

    [Fact]
    public void TryLoadNext_FilesOfTwoPairs_IsAFault()
    {
        next.SaveNext(folder.Path);
        File.Copy(folder["cert.pem"], folder["next/cert.pem"], overwrite: true);

        Assert.False(NodeIdentity.TryLoadNext(folder.Path, old.NodeId, out _, out string? fault));
        Assert.NotNull(fault);
    }

    [Fact]
    public void PromoteNext_Whole_TakesTheOldOnesPlace()
    {
        next.SaveNext(folder.Path);
        NodeIdentity.PromoteNext(folder.Path);

        Assert.Equal(next.Fingerprint, Current());
        Assert.False(NodeIdentity.TryLoadNext(folder.Path, old.NodeId, out _, out _));
        Assert.Empty(Directory.GetFiles(folder["next"]));
    }

    [Fact]
    public void PromoteNext_NoneWritten_SaysSo() =>
        Assert.Throws<InvalidOperationException>(() => NodeIdentity.PromoteNext(folder.Path));

    [Theory]
    [InlineData("private.pem")]
    [InlineData("private.pem", "public.pem")]
    [InlineData("private.pem", "public.pem", "cert.pem")]
    public void TryLoad_CrashDuringPromotion_CompletesIt(params string[] copied)
    {
        next.SaveNext(folder.Path);
        foreach (string name in copied)
            File.Copy(folder["next/" + name], folder[name], overwrite: true);

        Assert.Equal(next.Fingerprint, Current());
        Assert.Empty(Directory.GetFiles(folder["next"]));
        Assert.Equal(next.Fingerprint, Current());
    }

    [Fact]
    public void DiscardNext_Written_IsForgotten()
    {
        next.SaveNext(folder.Path);
        NodeIdentity.DiscardNext(folder.Path);
        NodeIdentity.DiscardNext(folder.Path);

        Assert.False(NodeIdentity.TryLoadNext(folder.Path, old.NodeId, out _, out string? fault));
        Assert.Null(fault);
    }

    public void Dispose()
    {
        old.Dispose();
        next.Dispose();
        folder.Dispose();
    }

    private SpkiFingerprint Current()
    {
        Assert.True(NodeIdentity.TryLoad(folder.Path, old.NodeId, out NodeIdentity? loaded, out string? fault), fault);
        using (loaded)
            return loaded.Fingerprint;
    }
}
