using Uptrakit.Controller.Authority;
using Uptrakit.Controller.Settings;
using Uptrakit.Controller.Storage;

namespace Uptrakit.Controller.Host;

/// <summary>What must be in order before the first port is opened.</summary>
internal sealed class Startup(
    ServeOptions options, Schema schema, ControllerIdentity identity, StateSealer sealer, IAuthorityStore store, OnceOpened opened,
    HostNames names, TimeProvider clock)
{
    private const int LargestPem = 64 << 10;

    /// <summary>The answer is what is wrong, or null.</summary>
    public async Task<string?> RunAsync(CancellationToken cancel)
    {
        if (await schema.PrepareAsync(cancel) is { } fault)
            return fault;
        await identity.LoadAsync(cancel);
        bool isNew = (await store.LoadAsync(cancel)).Version == 0;
        if (sealer.Open(options.StateFolder, mayCreate: isNew) is { } noSeal)
            return noSeal;
        if (ReadCa(out ExternalCa? external) is { } badCa)
            return badCa;
        if (await opened.Keys.StartAsync(external, cancel) is { } noCa)
            return noCa;
        await names.LookUpAsync(cancel);
        return await opened.Certificate.RefreshAsync(cancel);
    }

    private string? ReadCa(out ExternalCa? external)
    {
        external = null;
        if (options.CaFiles is not { } files)
            return null;
        if (!SmallFile.TryRead(files.Certificate, LargestPem, out byte[]? certificate, out string? fault))
            return $"--ca-cert: {fault}";
        if (!SmallFile.TryReadSecret(files.Key, LargestPem, out byte[]? key, out fault))
            return $"--ca-key: {fault}";
        try
        {
            return ExternalCa.TryParse(certificate, key, clock.GetUtcNow(), out external, out fault) ? null : fault;
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(key);
        }
    }
}
