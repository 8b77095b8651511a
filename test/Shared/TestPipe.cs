using System.IO.Pipes;

namespace Uptrakit.Tests.Shared;

/// <summary>What a shell makes of <c>&lt;(command)</c>: a path that gives this content, once.</summary>
internal sealed class TestPipe : IDisposable
{
    private readonly AnonymousPipeServerStream reader = new(PipeDirection.In);

    /// <summary>Fills it. More than the 64 KiB that a pipe holds would wait for a reader.</summary>
    public TestPipe(byte[] content)
    {
        using AnonymousPipeClientStream writer = new(PipeDirection.Out, reader.ClientSafePipeHandle);
        writer.Write(content);
    }

    public string Path => $"/proc/self/fd/{reader.SafePipeHandle.DangerousGetHandle()}";

    public void Dispose() => reader.Dispose();
}
