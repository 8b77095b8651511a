using System.CommandLine;

namespace Uptrakit.Qu.Commands;

/// <summary>How a new node is told where it listens and who it is.</summary>
internal sealed class NodeFlags
{
    private readonly Option<string?> advertise = QuFlags.Advertise();
    private readonly Option<string?> bind = QuFlags.Bind();
    private readonly Option<int?> port = QuFlags.Port();
    private readonly Option<string?> keyType = QuFlags.KeyType();

    internal void AddTo(Verb verb)
    {
        verb.Add(advertise);
        verb.Add(bind);
        verb.Add(port);
        verb.Add(keyType);
    }

    internal InitOptions Read(ParseResult parsed) =>
        new(parsed.Given(advertise), parsed.Given(bind), parsed.Given(port), parsed.Given(keyType));
}
