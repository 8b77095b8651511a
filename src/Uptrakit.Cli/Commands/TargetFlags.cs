using System.CommandLine;
using Uptrakit.Cli.Configuration;
using Uptrakit.Cli.Connection;
using Uptrakit.Contracts.Client;
using Uptrakit.Trust.Text;

namespace Uptrakit.Cli.Commands;

/// <summary>Which Controller is meant, and how it is verified: options, then environment, then configuration.</summary>
internal static class TargetFlags
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Null when that is not clear, with the reason told and its exit code in <paramref name="exit"/>.</summary>
    internal static Target? Read(ParseResult parsed, CliEnvironment environment, out int exit)
    {
        Terminal terminal = environment.Terminal;
        exit = (int)ExitCode.Done;
        if (ReadConfig(environment, out exit) is not CliConfig config)
            return null;
        if (ReadTimeout(parsed, environment, out exit) is not TimeSpan timeout)
            return null;
        if (ReadAddress(parsed, environment, config, out exit) is not ControllerAddress address)
            return null;

        bool insecure = parsed.GetValue<bool>(GlobalFlags.Insecure);
        Target target = new(address, config.Of(Target.NameOf(address)), insecure, timeout);
        if (insecure)
        {
            terminal.Say($"WARN: --insecure: {target.Name} is not verified: whoever answers there can read and change everything, "
                + "the token too");
        }
        return target;
    }

    private static CliConfig? ReadConfig(CliEnvironment environment, out int exit)
    {
        exit = (int)ExitCode.Done;
        if (environment.Config is not ConfigFile file)
        {
            exit = environment.Terminal.Fail(ExitCode.Usage, "neither XDG_CONFIG_HOME nor HOME says where the configuration is",
                hint: "set HOME");
            return null;
        }
        if (file.Read(out ConfigFault? fault) is CliConfig config)
            return config;
        exit = environment.Terminal.Fail(ExitCode.Failed, fault!.Words, fault.Hint);
        return null;
    }

    private static TimeSpan? ReadTimeout(ParseResult parsed, CliEnvironment environment, out int exit)
    {
        exit = (int)ExitCode.Done;
        if (parsed.GetValue<TimeSpan?>(GlobalFlags.Timeout) is TimeSpan given)
            return given;
        if (environment.Variable("UPTRAKIT_TIMEOUT") is not string text)
            return DefaultTimeout;
        if (Durations.TryParse(text, out TimeSpan timeout) && timeout > TimeSpan.Zero && timeout <= GlobalFlags.LongestTimeout)
            return timeout;
        exit = environment.Terminal.Fail(ExitCode.Usage, $"UPTRAKIT_TIMEOUT: '{text}' is not a duration of at most "
            + Durations.Format(GlobalFlags.LongestTimeout), hint: "write it like 30s or 1m30s, or give --timeout");
        return null;
    }

    private static ControllerAddress? ReadAddress(ParseResult parsed, CliEnvironment environment, CliConfig config, out int exit)
    {
        (string from, string? text) = parsed.GetValue<string>(GlobalFlags.Server) is string given ? (GlobalFlags.Server, given)
            : environment.Variable("UPTRAKIT_SERVER") is string set ? ("UPTRAKIT_SERVER", set)
            : ("default_server", config.DefaultServer);
        string words = "no Controller is named";
        if (text is not null)
        {
            if (ControllerAddress.TryParse(text, out ControllerAddress? address, out string? fault))
            {
                exit = (int)ExitCode.Done;
                return address;
            }
            words = $"{from}: {fault}";
        }
        exit = environment.Terminal.Fail(ExitCode.Usage, words,
            hint: "give --server https://host:8443, or set UPTRAKIT_SERVER; 'uptrakit auth login' remembers it");
        return null;
    }
}
