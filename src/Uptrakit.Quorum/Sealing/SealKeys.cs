using System.Diagnostics.CodeAnalysis;
using System.Text;
using Google.Protobuf;
using Uptrakit.Quorum.State;
using Uptrakit.Trust.Files;

namespace Uptrakit.Quorum.Sealing;

/// <summary>The key of this member for sealed secrets, on its disk, and the one that is to follow it.</summary>
internal sealed class SealKeys : IDisposable
{
    private const string CurrentName = "seal.pem";
    private const string NextName = "seal.next.pem";
    private readonly Lock gate = new();
    private readonly string folder;
    private SealKey current;
    private SealKey? next;

    private SealKeys(string folder, SealKey current, SealKey? next) => (this.folder, this.current, this.next) = (folder, current, next);

    internal SealKey Current
    {
        get
        {
            lock (gate)
                return current;
        }
    }

    internal SealKey? Next
    {
        get
        {
            lock (gate)
                return next;
        }
    }

    private string CurrentFile => Path.Combine(folder, CurrentName);

    private string NextFile => Path.Combine(folder, NextName);

    /// <summary>Reads the keys, and makes the first one.</summary>
    /// <exception cref="InvalidDataException">A file is there and cannot be used: the message names it and the way out.</exception>
    internal static SealKeys Open(string folder)
    {
        SealKey? next = Read(Path.Combine(folder, NextName));
        SealKey? current = Read(Path.Combine(folder, CurrentName));
        if (current is null)
        {
            current = SealKey.Create();
            Write(Path.Combine(folder, CurrentName), current);
        }

        return new SealKeys(folder, current, next);
    }

    /// <summary>Whichever of them it was wrapped for.</summary>
    internal bool TryUnwrap(SealingWrap wrap, string clusterId, SealingKey about, [NotNullWhen(true)] out byte[]? key)
    {
        key = null;
        lock (gate)
        {
            return SealWraps.TryOpen(wrap, current, clusterId, about, out key)
                || (next is not null && SealWraps.TryOpen(wrap, next, clusterId, about, out key));
        }
    }

    /// <summary>The key that is to follow; it is on the disk before anybody hears of it.</summary>
    internal SealKey Prepare()
    {
        lock (gate)
        {
            if (next is not null)
                return next;
            SealKey made = SealKey.Create();
            Write(NextFile, made);
            return next = made;
        }
    }

    /// <summary>Once the cluster knows the next key, the former one goes.</summary>
    internal void Settle(ByteString told)
    {
        lock (gate)
        {
            if (next is null || next.PublicKey != told)
                return;
            Write(CurrentFile, next);
            DurableFile.Delete(NextFile);
            current.Dispose();
            (current, next) = (next, null);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            current.Dispose();
            next?.Dispose();
        }
    }

    private static void Write(string path, SealKey key) => DurableFile.Write(path, Encoding.ASCII.GetBytes(key.ToPem()), DurableFile.OwnerOnly);

    private static SealKey? Read(string path)
    {
        if (!File.Exists(path))
            return null;
        if (!SecretFile.TryRead(path, out string pem, out string fault))
            throw new InvalidDataException(fault);
        return SealKey.TryParse(pem, out SealKey? key)
            ? key
            : throw new InvalidDataException(
                $"{path} holds no private key of P-256: restore it from a backup, or remove it; a new one is made then, and another member gives it what it needs");
    }
}
