using System.Text;

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
            using StreamReader reader = new(file, Encoding.UTF8);
            return await ReadAsync(reader, file, cancel);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return new SecretText(null, $"cannot read {file}: {fault.Message}");
        }
    }

    private static async Task<SecretText> ReadAsync(TextReader reader, string name, CancellationToken cancel)
    {
        char[] buffer = new char[Longest + 1];
        // On another thread, because a console cannot be waited for; then Ctrl-C ends it.
        int length = await Task.Run(() => reader.ReadBlock(buffer, 0, buffer.Length), cancel).WaitAsync(cancel);
        if (length > Longest)
            return new SecretText(null, $"{name} holds more than {Longest} characters");
        string text = new string(buffer, 0, length).Trim();
        return text.Length == 0
            ? new SecretText(null, $"{name} is empty")
            : text.Any(char.IsControl) ? new SecretText(null, $"{name} holds more than one line") : new SecretText(text, null);
    }
}
