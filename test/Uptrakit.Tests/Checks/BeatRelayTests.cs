using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.Checks.Push;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Checks;

public sealed class BeatRelayTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly Dictionary<string, Check> checks = [];
    private readonly PushBook book;
    private readonly BeatRelay relay;

    public BeatRelayTests()
    {
        book = new PushBook(checks.GetValueOrDefault, clock);
        relay = new BeatRelay(book, clock);
        for (int i = 0; i < 3; i++)
            checks[Id(i)] = TestChecks.Of(CheckType.Push, "");
    }

    [Fact]
    public void Beat_TakenHere_IsToldWithItsAgeForSomeSeconds()
    {
        book.Accept(Id(0));
        clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal([(Id(0), TimeSpan.FromSeconds(15))], relay.Recent(10));

        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(relay.Recent(10));
    }

    [Fact]
    public void Beats_AreToldTheNewestFirstAndNoMoreThanFit()
    {
        for (int i = 0; i < 3; i++)
        {
            book.Accept(Id(i));
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([Id(2), Id(1)], relay.Recent(2).Select(static beat => beat.CheckId));
    }

    /// <summary>Else two members would tell each other of one beat for ever.</summary>
    [Fact]
    public void Beat_HeardFromAnother_CountsAndIsNotToldOn()
    {
        relay.Heard(Id(0), TimeSpan.FromSeconds(7));

        Assert.Equal((TimeSpan.FromSeconds(7), true), book.Last(Id(0)));
        Assert.Empty(relay.Recent(10));
    }

    private static string Id(int number) => $"c-{number:x12}";
}
