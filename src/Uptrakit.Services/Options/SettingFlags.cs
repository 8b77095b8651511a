using System.CommandLine;
using Uptrakit.CommandLine;

namespace Uptrakit.Services.Options;

/// <summary>The settings as options of a command line.</summary>
internal sealed class SettingFlags
{
    private readonly Dictionary<Setting, Option<string?>> texts = [];
    private readonly Dictionary<Setting, Option<bool>> switches = [];

    public SettingFlags()
    {
        foreach (Setting setting in ServiceSettings.All)
        {
            string description = $"{setting.Description} [{setting.Variable}]";
            if (setting.Kind is SettingKind.Text)
                texts.Add(setting, Flags.Text(setting.Name, setting.ValueName, description));
            else
                switches.Add(setting, Flags.Switch(setting.Name, description, setting == ServiceSettings.Verbose ? ["-v"] : []));
        }
    }

    public void AddTo(Verb verb)
    {
        foreach (Setting setting in ServiceSettings.All)
            verb.Add(texts.TryGetValue(setting, out Option<string?>? text) ? text : switches[setting]);
    }

    /// <summary>What the command line says of a setting; null when it says nothing.</summary>
    public string? Given(ParseResult parsed, Setting setting) => setting.Kind is SettingKind.Text
        ? parsed.Given(texts[setting])
        : parsed.GetResult(switches[setting]) is { Implicit: false } ? (parsed.GetValue(switches[setting]) ? "true" : "false") : null;
}
