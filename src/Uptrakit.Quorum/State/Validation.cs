namespace Uptrakit.Quorum.State;
internal static class Validation
{
    public static string? FaultOf(Check c) => null;
    public static string? FaultOf(Alert c) => null;
    public static string? FaultOfResolver(string c) => null;
    public static string? FaultOfName(string c) => null;
    public static string? FaultOfAdvertise(string c) => null;
}
