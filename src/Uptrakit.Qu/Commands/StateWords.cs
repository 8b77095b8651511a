using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Commands;

/// <summary>Words for the enumerations of the state.</summary>
internal static class StateWords
{
    internal static Tone ToneOf(string state) => state switch
    {
        "up" => Tone.Good,
        "down" => Tone.Bad,
        "disabled" => Tone.Faint,
        _ => Tone.Doubtful,
    };

    internal static string Of(Role role) => role switch { Role.Voter => "voter", Role.Probe => "probe", _ => "unknown" };
}
