using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Services.Options;

namespace Uptrakit.Services.Identity;

/// <summary>The folder of <c>service.json</c> and <c>service.key</c>.</summary>
/// <remarks>
/// A change of identity takes three steps: the fresh key as <c>service.key.next</c>, then <c>service.json</c> with the
/// certificate for it, then the rename to <c>service.key</c>. The key that fits the certificate is the one, so a crash
/// between any two of them leaves the old identity or the new one. What is damaged is refused, never enrolled over.
/// A renewal keeps the former certificate, and its key as <c>service.key.former</c>: in <c>insecure-tofu</c> anybody can have
/// answered it. To go back is one write of <c>service.json</c>; both keys stay where they are.
/// </remarks>
internal sealed class StateFolder(string root, IStateFiles files)
{
    internal const string StateName = "service.json";
    internal const string KeyName = "service.key";
    internal const string NextKeyName = "service.key.next";
    internal const string FormerKeyName = "service.key.former";

    private const string Remedy = "restore it from a backup, or enroll anew with --force-enroll";

    public StateFolder(string root)
        : this(root, new DurableStateFiles())
    {
    }

    public string Root => root;

    private string StatePath => Path.Combine(root, StateName);

    private string KeyPath => Path.Combine(root, KeyName);

    private string NextKeyPath => Path.Combine(root, NextKeyName);

    private string FormerKeyPath => Path.Combine(root, FormerKeyName);

    /// <summary>What is there, as far as the options depend on it. What is damaged counts as there: it is told when it is loaded.</summary>
    public StoredBefore Peek()
    {
        if (!File.Exists(StatePath))
            return StoredBefore.Nothing;
        return TryRead(out ServiceState? state, out _)
            ? new StoredBefore(state.Addresses.Count > 0, state.Trust is not null, state.Trust?.AsPin(false) is not null, state.Service is not null)
            : new StoredBefore(true, true, true, true);
    }

    /// <summary>Reads what is known, without the keys and without changing anything.</summary>
    public bool TryRead([NotNullWhen(true)] out ServiceState? state, [NotNullWhen(false)] out string? fault)
    {
        state = ServiceState.Empty;
        fault = null;
        if (!File.Exists(StatePath))
            return true;
        state = null;
        if (!OwnFile.TryRead(StatePath, out byte[]? json, out fault))
            return false;
        if (!StateText.TryRead(json, out state, out fault))
            fault = $"{StatePath} {fault}: {Remedy}";
        return fault is null;
    }

    /// <summary>Reads everything, and completes a change of key that a crash has interrupted.</summary>
    /// <param name="loaded">What is there; <see cref="LoadedState.Nothing"/> on a first run.</param>
    /// <param name="fault">A sentence for the operator, with what to do.</param>
    public bool TryLoad([NotNullWhen(true)] out LoadedState? loaded, [NotNullWhen(false)] out string? fault)
    {
        loaded = null;
        ServiceKey? next = null;
        if (File.Exists(NextKeyPath) && !TryReadKey(NextKeyPath, out next, out fault))
            return false;
        if (!File.Exists(StatePath))
        {
            fault = File.Exists(KeyPath) ? $"{KeyPath} is there, but {StatePath} is missing: {Remedy}" : null;
            loaded = fault is null ? new LoadedState(ServiceState.Empty, null, next) : null;
            return fault is null;
        }

        if (!TryRead(out ServiceState? state, out fault))
            return false;
        loaded = state.Service is null ? new LoadedState(state, null, next) : WithKey(state, state.Service, next, out fault);
        return loaded is not null;
    }

    private LoadedState? WithKey(ServiceState state, StoredIdentity service, ServiceKey? next, out string? fault)
    {
        fault = null;
        if (File.Exists(KeyPath) && TryReadKey(KeyPath, out ServiceKey? key, out fault))
        {
            if (key.Fits(service.Leaf))
                return new LoadedState(state, key, next);
            key.Dispose();
            fault = $"{KeyPath} does not fit the certificate in {StatePath}: restore both from one backup, or enroll anew with --force-enroll";
        }

        if (next?.Fits(service.Leaf) is true)
        {
            files.Move(NextKeyPath, KeyPath);
            fault = null;
            return new LoadedState(state, next, null);
        }

        if (KeyOf(service.Leaf, FormerKeyPath) is { } former)
        {
            fault = null;
            return new LoadedState(state, former, next);
        }

        fault ??= $"{KeyPath} is missing: {Remedy}";
        return null;
    }

    /// <summary>The key that is to be certified next, from an earlier try or new. It is on disk before anybody hears of it.</summary>
    /// <remarks>An answer that is lost costs nothing: the same key asked again gets the same answer.</remarks>
    public ServiceKey NextKey()
    {
        if (File.Exists(NextKeyPath) && TryReadKey(NextKeyPath, out ServiceKey? key, out _))
            return key;

        key = ServiceKey.Create();
        Write(NextKeyPath, key);
        return key;
    }

    /// <summary>Forgets a key that is not to be certified. One that has its certificate in <c>service.json</c> stays.</summary>
    public void DropNextKey()
    {
        if (!IsNextKeyInForce(out _, out _))
            files.Delete(NextKeyPath);
    }

    /// <summary>
    /// Completes a change that a full disk or the like has stopped after <c>service.json</c> was written; null when none was.
    /// </summary>
    public LoadedState? FinishChange()
    {
        if (!IsNextKeyInForce(out ServiceState? state, out ServiceKey? key))
            return null;
        files.Move(NextKeyPath, KeyPath);
        return new LoadedState(state, key, null);
    }

    private bool IsNextKeyInForce([NotNullWhen(true)] out ServiceState? state, [NotNullWhen(true)] out ServiceKey? key)
    {
        key = TryRead(out state, out _) && state.Service is { } service ? KeyOf(service.Leaf, NextKeyPath) : null;
        return key is not null;
    }

    /// <summary>Replaces what is known, while the identity stays.</summary>
    public void Save(ServiceState state) => files.Write(StatePath, StateText.Write(state));

    /// <summary>Takes a certificate for the key of <see cref="NextKey"/> into force.</summary>
    public void Promote(ServiceState state)
    {
        files.Write(StatePath, StateText.Write(state));
        files.Move(NextKeyPath, KeyPath);
        if (state.Service is { Former.Count: 0 })
            files.Delete(FormerKeyPath);
    }

    /// <summary>Keeps the key of what will be the former certificate; before <see cref="Promote"/>.</summary>
    public void KeepKey(ServiceKey key) => Write(FormerKeyPath, key);

    /// <summary>The key of the former certificate; null when it is not to be had.</summary>
    public ServiceKey? FormerKey(StoredIdentity service) =>
        service.Former is [{ } leaf, ..] ? KeyOf(leaf, FormerKeyPath) ?? KeyOf(leaf, KeyPath) : null;

    /// <summary>Whether a renewal would leave the key of the former certificate where it is.</summary>
    public bool HoldsFormerKey(StoredIdentity service) => service.Former is [{ } leaf, ..] && KeyOf(leaf, FormerKeyPath) is not null;

    /// <summary>Forgets the former certificate and its key.</summary>
    /// <param name="state">What is in force, without it.</param>
    public void DropFormer(ServiceState state)
    {
        Save(state);
        // Whoever went back has the key that is in force there.
        if (state.Service is { } service && KeyOf(service.Leaf, KeyPath) is null && KeyOf(service.Leaf, FormerKeyPath) is not null)
            files.Move(FormerKeyPath, KeyPath);
        else
            files.Delete(FormerKeyPath);
    }

    private void Write(string path, ServiceKey key)
    {
        byte[] pem = key.ToPem();
        try
        {
            files.Write(path, pem);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pem);
        }
    }

    private static ServiceKey? KeyOf(X509Certificate2 leaf, string path)
    {
        if (!File.Exists(path) || !TryReadKey(path, out ServiceKey? key, out _))
            return null;
        if (key.Fits(leaf))
            return key;
        key.Dispose();
        return null;
    }

    private static bool TryReadKey(string path, [NotNullWhen(true)] out ServiceKey? key, [NotNullWhen(false)] out string? fault)
    {
        key = null;
        if (!OwnFile.TryRead(path, out byte[]? pem, out fault))
            return false;
        if (!ServiceKey.TryParse(pem, out key))
            fault = $"{path} holds no P-256 private key in PEM: {Remedy}";
        CryptographicOperations.ZeroMemory(pem);
        return fault is null;
    }
}
