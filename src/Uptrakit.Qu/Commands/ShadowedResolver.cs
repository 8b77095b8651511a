using Uptrakit.Quorum.State;

namespace Uptrakit.Qu.Commands;

/// <summary>A name server that a dns check names and that is not asked, because the check's or the cluster's resolvers come before it.</summary>
/// <remarks>Who watches one name server would otherwise see another one, and see it up when the one that is meant is down.</remarks>
internal static class ShadowedResolver
{
    internal static void Tell(Terminal terminal, Check check, IReadOnlyList<string> cluster)
    {
        if (check.Type != CheckType.Dns || check.Dns is not { Resolver.Length: > 0 } dns)
            return;
        (string whose, IReadOnlyList<string> asked) = check.Resolvers.Count > 0 ? ("check", check.Resolvers) : ("cluster", cluster);
        if (asked.Count > 0)
        {
            terminal.Say($"warning: check {check.Name}: {dns.Resolver} is not asked: the resolvers of the {whose} come before it ({string.Join(", ", asked)}); "
                + $"to watch that server itself, give its address as --resolvers");
        }
    }
}
