using System.Diagnostics.CodeAnalysis;

namespace Uptrakit.Services.Options;

/// <summary>What is set: by flag, else by environment variable, else in <c>service.conf</c>.</summary>
internal sealed class GivenSettings
{
    private readonly Dictionary<Setting, GivenValue> values = [];

    /// <summary>Whether somebody set it; a switch that is set to false is not.</summary>
    public bool Has(Setting setting) => TryGet(setting, out _);

    public bool TryGet(Setting setting, [NotNullWhen(true)] out GivenValue? value) => values.TryGetValue(setting, out value);

    /// <summary>How a fault names the setting: by where it was found, else by its flag.</summary>
    public string Named(Setting setting) => values.TryGetValue(setting, out GivenValue? value) ? value.Place : setting.Name;

    /// <summary>Composes the sources. An empty variable is one that is not set; an empty flag is a mistake.</summary>
    /// <param name="flag">What the command line says.</param>
    /// <param name="variable">What the environment says.</param>
    /// <param name="faults">Where faults are added.</param>
    public static GivenSettings Read(Func<Setting, string?> flag, Func<string, string?> variable, List<string> faults)
    {
        GivenSettings given = new();
        ConfigFile file = ConfigFile.Read(
            flag(ServiceSettings.ConfigDir) ?? NullIfEmpty(variable(ServiceSettings.ConfigDir.Variable)), variable, faults);
        foreach (Setting setting in ServiceSettings.All)
        {
            GivenValue? value = flag(setting) is { } text
                ? new GivenValue(text, setting.Name)
                : NullIfEmpty(variable(setting.Variable)) is { } inherited
                    ? new GivenValue(inherited, setting.Variable)
                    : file.Find(setting);
            if (value is not null)
                given.Take(setting, value, faults);
        }

        return given;
    }

    private void Take(Setting setting, GivenValue value, List<string> faults)
    {
        if (setting.Kind is SettingKind.Text && value.Text.Length == 0)
            faults.Add($"{value.Place} is empty: give it a value, or leave it out");
        else if (setting.Kind is SettingKind.Text)
            values[setting] = value;
        else if (SwitchOf(value.Text) is not { } on)
            faults.Add($"{value.Place}: '{value.Text}' is neither true nor false");
        else if (on)
            values[setting] = value;
    }

    private static bool? SwitchOf(string text) => text.Trim().ToLowerInvariant() switch
    {
        "true" or "1" or "yes" or "on" => true,
        "false" or "0" or "no" or "off" => false,
        _ => null,
    };

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
