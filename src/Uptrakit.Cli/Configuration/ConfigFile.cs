using System.Text.Json;
using Uptrakit.Trust.Files;

namespace Uptrakit.Cli.Configuration;

/// <summary>config.json: read strictly, replaced whole, never readable by others.</summary>
internal sealed class ConfigFile(string path)
{
    // Sixteen servers with an authority and tokens each are 100 KiB; more is a wrong file.
    private const long Largest = 1 << 20;

    private const UnixFileMode OfOthers = ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(20);

    internal string Path => path;

    private string Folder => System.IO.Path.GetDirectoryName(path)!;

    /// <summary>What is in the file; <see cref="CliConfig.Empty"/> when there is none.</summary>
    internal CliConfig? Read(out ConfigFault? fault)
    {
        fault = null;
        try
        {
            if (!File.Exists(path))
                return CliConfig.Empty;
            fault = FaultOfAccess();
            return fault is null ? Parse(File.ReadAllBytes(path), out fault) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fault = new ConfigFault($"cannot read {path}: {e.Message}", "run as the user whose file it is");
            return null;
        }
    }

    /// <summary>Reads, changes and replaces the file as one step: two runs at once lose nothing of each other.</summary>
    /// <returns>Null when done, else why not.</returns>
    internal async Task<ConfigFault?> UpdateAsync(Func<CliConfig, CliConfig> change, CancellationToken cancel)
    {
        try
        {
            PrivateFolder.Create(Folder, PrivateFolder.OwnerOnly);
            if (PrivateFolder.Fault(Folder) is string unfit)
                return new ConfigFault(unfit, "the file in it holds what this machine trusts and is signed in with");
            using FileStream held = await HoldAsync(cancel);
            // Nobody else writes now: what lies there is what a crash left, and it may hold tokens.
            DurableFile.SweepLeftovers(Folder);
            if (Read(out ConfigFault? fault) is not CliConfig config)
                return fault;
            CliConfig changed = change(config);
            if (changed != config)
                DurableFile.Write(path, Written(changed), DurableFile.OwnerOnly);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ConfigFault($"cannot write {path}: {e.Message}", "set XDG_CONFIG_HOME to a folder that can be written");
        }
    }

    // Whoever can write the file can choose whom this user trusts; whoever can read it is signed in as this user.
    private ConfigFault? FaultOfAccess()
    {
        if (PrivateFolder.Fault(Folder) is string unfit)
            return new ConfigFault(unfit, "the file in it holds what this machine trusts and is signed in with");
        if (PrivateFolder.OwnerOf(path) != PrivateFolder.CurrentUser)
        {
            return new ConfigFault($"{path} belongs to another user",
                "run as that user, or set XDG_CONFIG_HOME to a folder of your own");
        }
        if ((File.GetUnixFileMode(path) & OfOthers) != 0)
        {
            return new ConfigFault($"{path} is open to other users, and it holds tokens",
                $"run 'chmod 600 {path}', then 'uptrakit auth logout' and sign in again if others may have read it");
        }
        return new FileInfo(path).Length > Largest
            ? new ConfigFault($"{path} is larger than {Largest} bytes", "it is not a configuration of uptrakit: move it away")
            : null;
    }

    private static byte[] Written(CliConfig config) =>
        JsonSerializer.SerializeToUtf8Bytes(config, ConfigJson.Default.CliConfig);

    private CliConfig? Parse(byte[] content, out ConfigFault? fault)
    {
        try
        {
            CliConfig? config = JsonSerializer.Deserialize(content, ConfigJson.Default.CliConfig);
            fault = config is null ? Unreadable("holds no object") : FaultOf(config);
            return fault is null ? config : null;
        }
        catch (JsonException e)
        {
            // Not its message: that may quote what stands there, and there stand tokens.
            fault = Unreadable($"line {e.LineNumber + 1}, {e.Path ?? "$"}: not what uptrakit writes there");
            return null;
        }
    }

    private ConfigFault? FaultOf(CliConfig config)
    {
        if (config.Version != CliConfig.CurrentVersion)
            return new ConfigFault($"{path} has version {config.Version}, and this uptrakit knows {CliConfig.CurrentVersion}",
                "use the uptrakit that wrote it, or move it away");
        foreach ((string server, ServerEntry entry) in config.Servers)
        {
            if (ConfigRules.FaultOf(server, entry) is string words)
                return Unreadable(words);
        }
        return config.DefaultServer is string named && !config.Servers.ContainsKey(named)
            ? Unreadable("default_server is none of the servers")
            : null;
    }

    private ConfigFault Unreadable(string words) => new($"{path}: {words}",
        "put it right, or move it away and run 'uptrakit auth login' again");

    private async Task<FileStream> HoldAsync(CancellationToken cancel)
    {
        string name = System.IO.Path.Combine(Folder, ".config.lock");
        FileStreamOptions options = new()
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            UnixCreateMode = DurableFile.OwnerOnly,
        };
        for (TimeSpan waited = TimeSpan.Zero; ; waited += BetweenTries)
        {
            try
            {
                return new FileStream(name, options);
            }
            catch (IOException) when (waited < LongestWait)
            {
                await Task.Delay(BetweenTries, cancel);
            }
        }
    }
}
