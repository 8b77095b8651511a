using System.Threading.Channels;
using System.Runtime.InteropServices;
using Spectre.Console;

namespace Uptrakit.Qu.Tui;

/// <summary>The terminal while the view is open: another screen, no cursor, and both given back whatever happens.</summary>
internal sealed class TuiScreen : IDisposable
{
    // Lines do not wrap there: a letter that this terminal draws wider than we count must not push the picture down.
    private const string Enter = "\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J\u001b[H";
    private const string Leave = "\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l";
    private readonly TextWriter output;
    private readonly List<PosixSignalRegistration> signals = [];
    private int left;

    private TuiScreen(TextWriter output, bool colour)
    {
        this.output = output;
        Console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = colour ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(output),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
    }

    public IAnsiConsole Console { get; }

    /// <summary>Null: there is a terminal at both ends. Else what is missing.</summary>
    public static string? Obstacle(Func<string, string?> variable)
    {
        if (System.Console.IsInputRedirected || System.Console.IsOutputRedirected)
            return "this needs a terminal, for the keyboard and for the screen";
        return variable("TERM") is null or "" or "dumb" ? "this terminal can do no full-screen view: TERM is not set, or 'dumb'" : null;
    }

    public static TuiScreen Open(Func<string, string?> variable)
    {
        TuiScreen screen = new(System.Console.Out, string.IsNullOrEmpty(variable("NO_COLOR")));
        screen.output.Write(Enter);
        screen.output.Flush();
        return screen;
    }

    public static (int Width, int Height) Size()
    {
        try
        {
            return (Math.Clamp(System.Console.WindowWidth, 1, 1000), Math.Clamp(System.Console.WindowHeight, 1, 500));
        }
        catch (IOException)
        {
            return (80, 24);
        }
    }

    /// <summary>For a picture of another size: nothing of the former one stays.</summary>
    public void Clear((int Width, int Height) size)
    {
        (Console.Profile.Width, Console.Profile.Height) = size;
        output.Write("\u001b[2J\u001b[H\u001b[?25l");
        output.Flush();
    }

    /// <summary>Tells of sizes and keys, until the terminal is gone.</summary>
    public void Listen(ChannelWriter<TuiMessage> inbox, Action quit)
    {
        signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ =>
        {
            (int width, int height) = Size();
            inbox.TryWrite(new TuiMessage.Resized(width, height));
        }));
        // Stopping would leave the other screen open under the shell's prompt, and a quit would leave a core file there.
        signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGTSTP, static context => context.Cancel = true));
        signals.Add(PosixSignalRegistration.Create(PosixSignal.SIGQUIT, context =>
        {
            context.Cancel = true;
            quit();
        }));
        // A console cannot be waited for; the thread ends with the process.
        new Thread(() => ReadKeys(inbox)) { IsBackground = true, Name = "keyboard" }.Start();
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref left, 1) != 0)
            return;
        foreach (PosixSignalRegistration signal in signals)
            signal.Dispose();
        try
        {
            output.Write(Leave);
            output.Flush();
        }
        catch (IOException)
        {
            // The terminal is gone: there is nothing to give back.
        }
    }

    private static void ReadKeys(ChannelWriter<TuiMessage> inbox)
    {
        try
        {
            while (true)
            {
                ConsoleKeyInfo key = System.Console.ReadKey(intercept: true);
                // The end of the input reads as this.
                if (key is { Key: ConsoleKey.None, KeyChar: '\0' })
                    break;
                inbox.TryWrite(new TuiMessage.Key(key));
            }
        }
        catch (Exception gone) when (gone is InvalidOperationException or IOException)
        {
            // Told below.
        }

        inbox.TryWrite(new TuiMessage.KeyboardEnded());
    }
}
