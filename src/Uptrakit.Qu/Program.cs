namespace Uptrakit.Qu;

internal static class Program
{
    private static int Main() => 0;
}
