namespace Uptrakit.Quorum.State;

/// <summary>The bytes of a sealed secret: what anybody can see of them without a key.</summary>
/// <remarks>Version (1), id of the key (8), binding to its place (16), nonce (12), ciphertext, tag (16).</remarks>
internal static class SealedSecret
{
    internal const byte Version = 1;
    internal const int KeyIdSize = 8;
    internal const int BindingSize = 16;
    internal const int NonceSize = 12;
    internal const int TagSize = 16;
    internal const int HeaderSize = 1 + KeyIdSize + BindingSize;
    internal const int BodyAt = HeaderSize + NonceSize;

    /// <summary>Texts are filled up to a multiple of this: the length of a password is nobody's business.</summary>
    internal const int Block = 64;

    /// <summary>The longest text takes three bytes for each of its characters.</summary>
    internal const int MaxSize = BodyAt + (Secrets.MaxLength * 3) + Block + TagSize;

    internal static ReadOnlySpan<byte> KeyId(ReadOnlySpan<byte> bytes) => bytes.Slice(1, KeyIdSize);

    internal static ReadOnlySpan<byte> Binding(ReadOnlySpan<byte> bytes) => bytes.Slice(1 + KeyIdSize, BindingSize);

    internal static bool IsShaped(ReadOnlySpan<byte> bytes) => bytes.Length >= BodyAt + Block + TagSize && bytes.Length <= MaxSize
        && bytes[0] == Version && (bytes.Length - BodyAt - TagSize) % Block == 0;
}
