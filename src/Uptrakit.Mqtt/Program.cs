namespace Uptrakit.Mqtt;

internal static class Program
{
    private static int Main() => 2;
}
