namespace Uptrakit.Agent;

internal static class Program
{
    private static int Main() => 2;
}
