using System.Security.Cryptography.X509Certificates;
using Uptrakit.Contracts.Client;
using Uptrakit.Services.Identity;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Shared.Tls;
using Uptrakit.Trust.Files;
using Uptrakit.Trust.Verification;

namespace Uptrakit.Tests.Services;

public sealed class StateFolderTests : IDisposable
{
    private static readonly Guid Controller = Guid.NewGuid();
    private readonly ScratchFolder scratch = new();
    private readonly TestFleetCa ca = new();

    private string StatePath => scratch["service.json"];

    private string KeyPath => scratch["service.key"];

    private StateFolder Folder => new(scratch.Path);

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void Load_WhatWasSaved_ComesBackWhole()
    {
        ServiceState saved = Enrolled();

        LoadedState loaded = Load();

        Assert.Equal(saved.ControllerId, loaded.State.ControllerId);
        Assert.Equal(saved.Addresses, loaded.State.Addresses);
        Assert.Equal(saved.Service!.ServiceId, loaded.State.Service!.ServiceId);
        Assert.Equal(saved.Service.Leaf, loaded.State.Service.Leaf);
        Assert.Equal(saved.Trust!.Pin, loaded.State.Trust!.Pin);
        Assert.Equal(saved.Trust.Bundle.Certificates, loaded.State.Trust.Bundle.Certificates);
        Assert.True(loaded.Key!.Fits(loaded.State.Service.Leaf));
        Assert.Equal(DurableFile.OwnerOnly, File.GetUnixFileMode(StatePath));
        Assert.Equal(DurableFile.OwnerOnly, File.GetUnixFileMode(KeyPath));
    }

    [Fact]
    public void Load_EmptyFolder_IsAFirstRun()
    {
        LoadedState loaded = Load();

        Assert.Equal(ServiceState.Empty, loaded.State);
        Assert.Null(loaded.Key);
    }

    [Fact]
    public void Load_CutAnywhere_IsRefusedAndNotReplaced()
    {
        Enrolled();
        byte[] whole = File.ReadAllBytes(StatePath);
        // The last byte is a line feed after the last brace.
        for (int length = 0; length < whole.Length - 1; length += 7)
        {
            File.WriteAllBytes(StatePath, whole[..length]);

            Assert.Contains("is damaged", FaultOf(), StringComparison.Ordinal);
            Assert.Equal(length, new FileInfo(StatePath).Length);
        }
    }

    [Theory]
    [InlineData("service.json")]
    [InlineData("service.key")]
    public void Load_OpenToOthers_IsRefused(string name)
    {
        Enrolled();
        File.SetUnixFileMode(scratch[name], DurableFile.OwnerOnly | UnixFileMode.OtherRead);

        Assert.Contains($"chmod 600 {scratch[name]}", FaultOf(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_OfAnotherUser_IsRefused()
    {
        Assert.SkipUnless(Environment.UserName == "root", "only root can give a file away");
        Enrolled();
        using System.Diagnostics.Process chown = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("chown")
        {
            ArgumentList = { "65534", StatePath },
        })!;
        chown.WaitForExit();

        Assert.Contains("belongs to user 65534", FaultOf(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_KeyOfAnotherCertificate_IsRefused()
    {
        Enrolled();
        using ServiceKey other = ServiceKey.Create();
        DurableFile.Write(KeyPath, other.ToPem(), DurableFile.OwnerOnly);

        Assert.Contains("does not fit the certificate", FaultOf(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WithoutItsKey_IsRefused()
    {
        Enrolled();
        File.Delete(KeyPath);

        Assert.Contains("service.key is missing", FaultOf(), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_KeyWithoutState_IsRefused()
    {
        Enrolled();
        File.Delete(StatePath);

        Assert.Contains("service.json is missing", FaultOf(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"schema\": 1", "\"schema\": 2", "has schema 2 and this version knows 1")]
    [InlineData("\"schema\": 1", "\"schema\": \"x\"", "is damaged")]
    [InlineData("\"trust\"", "\"trusts\"", "is damaged")]
    [InlineData("pin-fingerprint", "pin-anything", "trust.mode is not a mode")]
    public void Load_OfAnotherForm_IsRefused(string text, string other, string words)
    {
        Enrolled();
        string state = File.ReadAllText(StatePath).Replace(text, other, StringComparison.Ordinal);
        DurableFile.Write(StatePath, System.Text.Encoding.UTF8.GetBytes(state), DurableFile.OwnerOnly);

        Assert.Contains(words, FaultOf(), StringComparison.Ordinal);
    }

    /// <summary>Every change of state, with a crash before and after each of its steps.</summary>
    [Theory]
    [InlineData("enroll")]
    [InlineData("renew")]
    [InlineData("bundle")]
    [InlineData("back")]
    [InlineData("forget after going back")]
    [InlineData("forget")]
    public void Change_CrashAtAnyStep_LeavesTheOldOrTheNew(string change)
    {
        for (int step = 0; ; step++)
        {
            foreach (bool after in (bool[])[false, true])
            {
                using ScratchFolder folder = new();
                ServiceState before = Before(change, new StateFolder(folder.Path));
                CrashingFiles files = new(step, after);
                ServiceState next = Next(change, new StateFolder(folder.Path, files), before);

                Assert.True(new StateFolder(folder.Path).TryLoad(out LoadedState? loaded, out string? fault), fault);
                byte[] found = StateText.Write(loaded.State);
                Assert.True(found.SequenceEqual(StateText.Write(before)) || found.SequenceEqual(StateText.Write(next)));
                Assert.True(loaded.State.Service is null || loaded.Key!.Fits(loaded.State.Service.Leaf));
                // What has completed is the new one.
                if (!files.HasCrashed)
                {
                    Assert.Equal(StateText.Write(next), found);
                    return;
                }
            }
        }
    }

    [Fact]
    public void Former_ItsKey_IsThereUntilItIsForgotten()
    {
        Enrolled();
        using ServiceKey first = Load().Key!;
        ServiceState renewed = Next("renew", Folder, Load().State);
        Assert.Equal(first.Fingerprint, Folder.FormerKey(renewed.Service!)!.Fingerprint);

        ServiceState back = Next("back", Folder, renewed);
        Assert.Equal(first.Fingerprint, Load().Key!.Fingerprint);
        Assert.True(Folder.FormerKey(back.Service!)!.Fits(renewed.Service!.Leaf));

        Next("forget", Folder, back);
        Assert.Equal(first.Fingerprint, Load().Key!.Fingerprint);
        Assert.False(File.Exists(Path.Combine(scratch.Path, StateFolder.FormerKeyName)));
    }

    [Fact]
    public void DropNextKey_ThatHasItsCertificate_KeepsItAndFinishesTheChange()
    {
        Enrolled();
        ServiceState before = Load().State;
        // The last step of a renewal, the rename, fails.
        CrashingFiles files = new(step: 3, after: false);
        ServiceState renewed = Next("renew", new StateFolder(scratch.Path, files), before);
        Assert.True(files.HasCrashed);

        Folder.DropNextKey();
        Assert.True(Folder.FinishChange()?.Key!.Fits(renewed.Service!.Leaf));

        Assert.True(Load().Key!.Fits(renewed.Service!.Leaf));
        Assert.Null(Folder.FinishChange());
    }

    [Fact]
    public void NextKey_AskedTwice_IsTheSame()
    {
        using ServiceKey first = Folder.NextKey();
        using ServiceKey second = Folder.NextKey();

        Assert.Equal(first.Fingerprint, second.Fingerprint);
    }

    private ServiceState Next(string change, StateFolder folder, ServiceState before)
    {
        ServiceState next = before;
        try
        {
            if (change == "bundle")
            {
                next = before with { Trust = before.Trust! with { Bundle = new TestFleetCa("Other").Root.Bundle } };
                folder.Save(next);
                return next;
            }

            if (change == "back")
            {
                next = GoneBack(before);
                folder.Save(next);
                return next;
            }

            if (change.StartsWith("forget", StringComparison.Ordinal))
            {
                next = before with { Service = before.Service! with { Former = [] } };
                folder.DropFormer(next);
                return next;
            }

            ServiceKey key = folder.NextKey();
            next = before with { ControllerId = Controller, Service = Identity(key, Controller) with { Former = before.Service?.Chain ?? [] } };
            if (change == "renew")
                folder.KeepKey(LoadedFrom(folder).Key!);
            folder.Promote(next);
        }
        catch (IOException)
        {
            // The power is gone.
        }

        return next;
    }

    private ServiceState Before(string change, StateFolder folder)
    {
        if (change == "enroll")
        {
            folder.Save(TrustOnly());
            return TrustOnly();
        }

        ServiceState state = Enroll(folder, Controller);
        if (change is "renew" or "bundle")
            return state;
        state = Next("renew", folder, state);
        return change is "forget after going back" ? Next("back", folder, state) : state;
    }

    private static ServiceState GoneBack(ServiceState state) => state with
    {
        Service = state.Service! with { Chain = state.Service.Former, Former = state.Service.Chain },
    };

    private static LoadedState LoadedFrom(StateFolder folder)
    {
        Assert.True(folder.TryLoad(out LoadedState? loaded, out string? fault), fault);
        return loaded;
    }

    private ServiceState Enrolled() => Enroll(Folder, Controller);

    private ServiceState TrustOnly() => new(
        null,
        [Address()],
        new StoredTrust(TrustMode.PinFingerprint, ca.Root.Fingerprint, null, false, ca.Root.Bundle, []),
        null);

    private ServiceState Enroll(StateFolder folder, Guid controller)
    {
        ServiceKey key = folder.NextKey();
        ServiceState state = TrustOnly() with { ControllerId = controller, Service = Identity(key, controller) };
        folder.Promote(state);
        return state;
    }

    private StoredIdentity Identity(ServiceKey key, Guid controller)
    {
        Guid id = Guid.NewGuid();
        X509Certificate2 leaf = ca.Client(key.SigningRequest(), controller, id, TestCa.Now, TestCa.Now.AddDays(30));
        return new StoredIdentity(id, [leaf, ca.Issuing.Certificate], ["inventory"]);
    }

    private static ControllerAddress Address()
    {
        Assert.True(ControllerAddress.TryParse("localhost:8443", out ControllerAddress? address, out _));
        return address;
    }

    private LoadedState Load()
    {
        Assert.True(Folder.TryLoad(out LoadedState? loaded, out string? fault), fault);
        return loaded;
    }

    private string FaultOf()
    {
        Assert.False(Folder.TryLoad(out _, out string? fault));
        return fault!;
    }

    private sealed class CrashingFiles(int step, bool after) : IStateFiles
    {
        private readonly DurableStateFiles disk = new();
        private int steps;

        public bool HasCrashed { get; private set; }

        public void Write(string path, ReadOnlySpan<byte> content)
        {
            Before();
            disk.Write(path, content);
            After();
        }

        public void Move(string from, string to)
        {
            Before();
            disk.Move(from, to);
            After();
        }

        public void Delete(string path)
        {
            Before();
            disk.Delete(path);
            After();
        }

        private void Before()
        {
            if (!after && steps == step)
                Crash();
        }

        private void After()
        {
            if (after && steps == step)
                Crash();
            steps++;
        }

        private void Crash()
        {
            HasCrashed = true;
            throw new IOException("crash");
        }
    }
}
