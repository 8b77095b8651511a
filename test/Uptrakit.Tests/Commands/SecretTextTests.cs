using Uptrakit.CommandLine;
using Uptrakit.Tests.Shared;

namespace Uptrakit.Tests.Commands;

public sealed class SecretTextTests : IDisposable
{
    private readonly ScratchFolder folder = new();

    private static Terminal Nobody => new("qu", TextReader.Null, TextWriter.Null, TextWriter.Null, interactive: false, colour: false);

    [Theory]
    [InlineData("secret\n", "secret", null)]
    [InlineData("\uFEFFsecret\r\n", "secret", null)]
    [InlineData(" \n", null, "is empty")]
    [InlineData("two\nlines", null, "holds more than one line")]
    public async Task File_IsReadWithoutTheLineEndOfEditors(string content, string? value, string? fault)
    {
        await File.WriteAllTextAsync(folder["file"], content, TestContext.Current.CancellationToken);

        SecretText secret = await SecretText.ReadAsync(folder["file"], Nobody, TestContext.Current.CancellationToken);

        Assert.Equal((value, fault is null ? null : $"{folder["file"]} {fault}"), (secret.Value, secret.Fault));
    }

    [Theory]
    [InlineData(16 * 1024, true)]
    [InlineData((16 * 1024) + 1, false)]
    [InlineData(1 << 20, false)]
    public async Task File_IsTakenUpToTheLimit(int length, bool taken)
    {
        await File.WriteAllTextAsync(folder["file"], new string('x', length), TestContext.Current.CancellationToken);

        SecretText secret = await SecretText.ReadAsync(folder["file"], Nobody, TestContext.Current.CancellationToken);

        Assert.Equal(taken, secret.Value?.Length == length);
        Assert.Equal(taken ? null : $"{folder["file"]} holds more than 16384 characters", secret.Fault);
    }

    [Fact]
    public async Task Pipe_IntoWhichNobodyWrites_IsLeftWithCtrlC()
    {
        string pipe = TestFifo.Make(folder["pipe"]);
        using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(200));

        Task<SecretText> reading = Task.Run(() => SecretText.ReadAsync(pipe, Nobody, stop.Token), TestContext.Current.CancellationToken);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
    }

    public void Dispose() => folder.Dispose();
}
