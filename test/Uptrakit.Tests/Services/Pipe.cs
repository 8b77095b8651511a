using System.Diagnostics;
using System.Text;

namespace Uptrakit.Tests.Services;

/// <summary>A named pipe that somebody writes into, as a shell makes one of <c>&lt;(command)</c>.</summary>
internal sealed class Pipe : IDisposable
{
    private readonly Task writing;

    public Pipe(string path, string content)
    {
        Path = path;
        using (Process made = Process.Start("mkfifo", ["-m", "600", path]))
            made.WaitForExit();
        writing = Task.Run(() => Write(Encoding.ASCII.GetBytes(content)));
    }

    public string Path { get; }

    public void Dispose()
    {
        // Whoever never came to read would leave the writer waiting.
        using (new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
            writing.Wait(TestContext.Current.CancellationToken);
    }

    private void Write(byte[] content)
    {
        try
        {
            using FileStream pipe = new(Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            pipe.Write(content);
        }
        catch (IOException)
        {
            // The reader has had enough.
        }
    }
}
