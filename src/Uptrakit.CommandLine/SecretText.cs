using System.Text;
using Microsoft.Win32.SafeHandles;
using Uptrakit.Trust.Files;

namespace Uptrakit.CommandLine;

/// <summary>A secret from a file or from standard input, or why there is none.</summary>
/// <remarks>An argument shows in the process list of every user; a file and a pipe do not.</remarks>
public sealed class SecretText
{
    // Tokens with many endpoints stay under 4 KiB; more is a wrong file.
    private const int Longest = 16 * 1024;

    private SecretText(string? value, string? fault) => (Value, Fault) = (value, fault);

    public string? Value { get; }

    public string? Fault { get; }

    /// <summary>Reads all of it, without the line end that editors add. "-" is standard input.</summary>
    public static async Task<SecretText> ReadAsync(string file, Terminal terminal, CancellationToken cancel)
    {
        if (file == "-")
            return await ReadAsync(terminal.In, "standard input", cancel);
        try
        {
            // On another thread: somebody has to write into a named pipe first, and Ctrl-C must end that.
            byte[]? content = await Task.Run(() => ReadAll(file), cancel).WaitAsync(cancel);
            if (content is null)
                return TooLong(file);
            using StreamReader reader = new(new MemoryStream(content), Encoding.UTF8);
            return await ReadAsync(reader, file, cancel);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return new SecretText(null, $"cannot read {file}: {fault.Message}");
        }
    }

    private static byte[]? ReadAll(string file)
    {
        using SafeFileHandle open = BoundedFile.Open(file);
        return BoundedFile.ReadAll(open, Encoding.UTF8.GetMaxByteCount(Longest));
    }

    private static SecretText TooLong(string name) => new(null, $"{name} holds more than {Longest} characters");

    private static async Task<SecretText> ReadAsync(TextReader reader, string name, CancellationToken cancel)
    {
        char[] buffer = new char[Longest + 1];
        // On another thread, because a console cannot be waited for; then Ctrl-C ends it.
        int length = await Task.Run(() => reader.ReadBlock(buffer, 0, buffer.Length), cancel).WaitAsync(cancel);
        if (length > Longest)
            return TooLong(name);
        string text = new string(buffer, 0, length).Trim();
        return text.Length == 0
            ? new SecretText(null, $"{name} is empty")
            : text.Any(char.IsControl) ? new SecretText(null, $"{name} holds more than one line") : new SecretText(text, null);
    }
}
