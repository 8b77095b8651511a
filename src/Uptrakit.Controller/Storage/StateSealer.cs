using System.Diagnostics.CodeAnalysis;
using Uptrakit.Controller.Authority;

namespace Uptrakit.Controller.Storage;

/// <summary>The sealer of the state folder, once the start has opened it.</summary>
internal sealed class StateSealer : IKeySealer, IDisposable
{
    private KeySealer? opened;

    /// <summary>The answer is what is wrong, or null.</summary>
    public string? Open(string folder, bool mayCreate) =>
        KeySealer.TryOpen(folder, mayCreate, out opened, out string? fault) ? null : fault;

    public byte[] Seal(ReadOnlySpan<byte> secret, string context) => Opened.Seal(secret, context);

    public bool TryUnseal(ReadOnlySpan<byte> sealedSecret, string context, [NotNullWhen(true)] out byte[]? secret) =>
        Opened.TryUnseal(sealedSecret, context, out secret);

    public void Dispose() => opened?.Dispose();

    private KeySealer Opened => opened ?? throw new InvalidOperationException("the state folder has not been opened");
}
