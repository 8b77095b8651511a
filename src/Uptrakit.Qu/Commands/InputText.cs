using System.Text;

namespace Uptrakit.Qu.Commands;

/// <summary>The text of a file or of standard input, or why there is none. Bounded: a device or a pipe may have no end.</summary>
internal sealed class InputText
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private InputText(string? value, string? fault) => (Value, Fault) = (value, fault);

    internal string? Value { get; }

    internal string? Fault { get; }

    /// <summary>What faults in it begin with.</summary>
    internal static string NameOf(string file) => file == "-" ? "standard input" : file;

    internal static async Task<InputText> ReadAsync(string file, Terminal terminal, int maxBytes, CancellationToken cancel)
    {
        try
        {
            return file == "-" ? await ReadAsync(terminal.In, maxBytes, cancel) : await ReadFileAsync(file, maxBytes, cancel);
        }
        catch (DecoderFallbackException)
        {
            return new(null, "is not text in UTF-8");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return new(null, $"cannot be read: {fault.Message}");
        }
    }

    private static async Task<InputText> ReadFileAsync(string file, int maxBytes, CancellationToken cancel)
    {
        // On another thread: opening a named pipe waits until somebody writes into it, and Ctrl-C must end that.
        await using FileStream stream = await Task.Run(() => new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite), cancel).WaitAsync(cancel);
        using MemoryStream all = new();
        byte[] buffer = new byte[64 * 1024];
        while (await stream.ReadAsync(buffer, cancel) is > 0 and var read)
        {
            all.Write(buffer, 0, read);
            if (all.Length > maxBytes)
                return TooLarge(maxBytes);
        }

        return new(Strict.GetString(all.GetBuffer(), 0, (int)all.Length).TrimStart('\uFEFF'), null);
    }

    private static async Task<InputText> ReadAsync(TextReader reader, int maxBytes, CancellationToken cancel)
    {
        StringBuilder all = new();
        char[] buffer = new char[64 * 1024];
        // On another thread, because a console cannot be waited for; then Ctrl-C ends it.
        while (await Task.Run(() => reader.Read(buffer, 0, buffer.Length), cancel).WaitAsync(cancel) is > 0 and var read)
        {
            all.Append(buffer, 0, read);
            if (all.Length > maxBytes)
                return TooLarge(maxBytes);
        }

        return new(all.ToString().TrimStart('\uFEFF'), null);
    }

    private static InputText TooLarge(int maxBytes) => new(null, $"is larger than {maxBytes / 1024 / 1024} MiB");
}
