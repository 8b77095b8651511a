using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Uptrakit.Tests.Shared;
using Uptrakit.Tests.Trust;

namespace Uptrakit.Tests.Authority;

/// <summary>The machine's <c>openssl</c> in a folder of its own: somebody else's opinion of what we sign.</summary>
internal sealed class OpenSsl : IDisposable
{
    private readonly ScratchFolder folder = new();

    private OpenSsl()
    {
    }

    public string this[string name] => folder[name];

    /// <summary>Skips the test where there is none.</summary>
    public static OpenSsl OrSkip()
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("openssl", ["version"]) { RedirectStandardOutput = true })!;
            process.WaitForExit();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("openssl is not installed");
        }

        return new OpenSsl();
    }

    public string Put(string name, params IEnumerable<X509Certificate2> certificates)
    {
        File.WriteAllText(folder[name], string.Join('\n', certificates.Select(certificate => certificate.ExportCertificatePem())) + "\n");
        return folder[name];
    }

    public string Put(string name, byte[] content)
    {
        File.WriteAllBytes(folder[name], content);
        return folder[name];
    }

    public ProcessStartInfo Command(params string[] arguments) => new("openssl", arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        RedirectStandardInput = true,
        WorkingDirectory = folder.Path,
    };

    /// <summary>Exit code, and what it said on both streams.</summary>
    public Task<(int Code, string Said)> RunAsync(params string[] arguments) => RunAsync("", arguments);

    /// <summary>With something on its standard input.</summary>
    public async Task<(int Code, string Said)> RunAsync(string input, string[] arguments)
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        using Process process = Process.Start(Command(arguments))!;
        await process.StandardInput.WriteAsync(input.AsMemory(), cancel);
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancel);
        Task<string> errors = process.StandardError.ReadToEndAsync(cancel);
        await process.WaitForExitAsync(cancel);
        return (process.ExitCode, await output + await errors);
    }

    public async Task<string> ExpectAsync(params string[] arguments)
    {
        (int code, string said) = await RunAsync(arguments);
        Assert.True(code == 0, $"openssl {string.Join(' ', arguments)}: {said}");
        return said;
    }

    public void Dispose() => folder.Dispose();
}
