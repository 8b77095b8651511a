namespace Uptrakit.Controller;

internal static class Program
{
    private static int Main() => 2;
}
