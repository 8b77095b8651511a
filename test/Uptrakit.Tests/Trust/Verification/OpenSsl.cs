using System.Diagnostics;
using Uptrakit.Tests.Shared;

namespace Uptrakit.Tests.Trust.Verification;

/// <summary>Runs openssl in a folder.</summary>
internal static class OpenSsl
{
    public static async Task RunAsync(ScratchFolder folder, params string[] arguments)
    {
        ProcessStartInfo start = new("/usr/bin/openssl") { WorkingDirectory = folder.Path, RedirectStandardError = true };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, errors);
    }
}
