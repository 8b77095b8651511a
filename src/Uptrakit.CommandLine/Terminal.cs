using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Uptrakit.CommandLine;

/// <summary>Where a command speaks: data to <see cref="Out"/>, words to <see cref="Error"/>.</summary>
public sealed class Terminal(string program, TextReader input, TextWriter output, TextWriter error, bool interactive, bool colour)
{
    /// <summary>What the executable is called; words about faults begin with it.</summary>
    public string Program => program;

    public TextReader In => input;

    public TextWriter Out => output;

    public TextWriter Error => error;

    /// <summary>Somebody sits there who can answer a question.</summary>
    public bool IsInteractive => interactive;

    /// <summary>Data is wanted as JSON.</summary>
    public bool Json { get; set; }

    /// <summary>The terminal of this process.</summary>
    public static Terminal OfProcess(string program)
    {
        bool colour = !Console.IsOutputRedirected
            && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");
        // The question goes to stderr: with that redirected nobody would see what they agree to.
        bool interactive = !Console.IsInputRedirected && !Console.IsErrorRedirected;
        return new Terminal(program, Console.In, Wide(), Console.Error, interactive, colour);
    }

    /// <summary>Standard output as the console has it, but for its writer: that one hands over 256 bytes at a time, and ten thousand checks are half a million.</summary>
    private static StreamWriter Wide()
    {
        const int Buffer = 32 * 1024;
        // UTF-8 from the console would begin with a byte order mark.
        Encoding encoding = Console.OutputEncoding is UTF8Encoding ? new UTF8Encoding(encoderShouldEmitUTF8Identifier: false) : Console.OutputEncoding;
        return new StreamWriter(Console.OpenStandardOutput(), encoding, Buffer) { AutoFlush = true };
    }

    /// <summary>Says what went wrong and what to do about it; the result is the exit code.</summary>
    public int Fail(ExitCode code, string message, string? hint = null)
    {
        error.WriteLine($"{program}: {Plain.Line(message)}");
        if (hint is not null)
            error.WriteLine($"    {Plain.Line(hint)}");
        return (int)code;
    }

    /// <summary>Tells something that is not data.</summary>
    public void Say(string words) => error.WriteLine(Plain.Line(words));

    /// <summary>One line of data.</summary>
    public void WriteLine(string data) => output.WriteLine(Plain.Line(data));

    /// <summary>Data as JSON.</summary>
    public void WriteJson(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> buffer = new(4096);
        using (Utf8JsonWriter writer = new(buffer, new JsonWriterOptions
        {
            Indented = true,
            // Not for a web page: `&` and letters of other scripts stay readable. Control characters are escaped all the same.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
        {
            write(writer);
        }
        output.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    /// <summary>The text in its colour, where colours are shown.</summary>
    public string Paint(string text, Tone tone) => !colour ? text : tone switch
    {
        Tone.Good => $"\u001b[32m{text}\u001b[0m",
        Tone.Bad => $"\u001b[31m{text}\u001b[0m",
        Tone.Doubtful => $"\u001b[33m{text}\u001b[0m",
        Tone.Faint => $"\u001b[2m{text}\u001b[0m",
        _ => text,
    };

    /// <summary>Asks; null when the answer is yes, else the exit code, with the reason already told.</summary>
    public async Task<int?> ConfirmAsync(string question, bool assumeYes, CancellationToken cancel)
    {
        if (assumeYes)
            return null;
        if (!interactive)
            return Fail(ExitCode.Usage, $"{question} Nobody is there to answer", hint: "pass -y to say yes without being asked");

        await error.WriteAsync($"{Plain.Line(question)} [y/N] ");
        await error.FlushAsync(cancel);
        // A console blocks in ReadLineAsync too; only on another thread can Ctrl-C end the wait.
        string? answer = await Task.Run(input.ReadLine, cancel).WaitAsync(cancel);
        return answer?.Trim().ToLowerInvariant() is "y" or "yes" ? null : Fail(ExitCode.Failed, "nothing was changed");
    }
}
