namespace Uptrakit.Services.Options;

/// <summary>How a setting is written.</summary>
internal enum SettingKind
{
    Text,

    /// <summary>A flag without a value; as a variable, true or false.</summary>
    Switch,
}

/// <summary>Something that the operator may set: by flag, by environment variable or in <c>service.conf</c>.</summary>
/// <param name="Name">The flag.</param>
/// <param name="Kind">How it is written.</param>
/// <param name="ValueName">What stands for the value in the help; empty for a switch.</param>
/// <param name="Description">What it does.</param>
internal sealed record Setting(string Name, SettingKind Kind, string ValueName, string Description)
{
    /// <summary>The environment variable, and the key in <c>service.conf</c>.</summary>
    public string Variable { get; } = "UPTRAKIT_" + Name.TrimStart('-').Replace('-', '_').ToUpperInvariant();

    public override string ToString() => Name;
}
