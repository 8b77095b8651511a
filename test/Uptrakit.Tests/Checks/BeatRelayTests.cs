using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.Checks.Push;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Checks;

public sealed class BeatRelayTests
{
    private const string Key = "k-0123456789abcdef";
    private readonly FakeTimeProvider clock = new();
    private readonly Dictionary<string, Check> checks = [];
    private readonly PushBook book;
    private readonly BeatRelay relay;

    public BeatRelayTests()
    {
        book = new PushBook(checks.GetValueOrDefault, clock);
        relay = new BeatRelay(book, clock);
        for (int i = 0; i < 3; i++)
        {
            checks[Id(i)] = TestChecks.Of(CheckType.Push, "");
            checks[Id(i)].Push = new PushOptions { KeySha256 = ByteString.CopyFrom(SHA256.HashData(Encoding.ASCII.GetBytes(Key))) };
        }
    }

    [Fact]
    public void Beat_TakenHere_IsToldWithItsAgeForSomeSeconds()
    {
        book.Accept(Id(0), Key);
        clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal([(Id(0), TimeSpan.FromSeconds(15), Key)], relay.Recent(10));

        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(relay.Recent(10));
    }

    [Fact]
    public void Beats_AreToldTheNewestFirstAndNoMoreThanFit()
    {
        for (int i = 0; i < 3; i++)
        {
            book.Accept(Id(i), Key);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([Id(2), Id(1)], relay.Recent(2).Select(static beat => beat.CheckId));
    }

    /// <summary>Else two members would tell each other of one beat for ever.</summary>
    [Fact]
    public void Beat_HeardFromAVoter_CountsAndIsNotToldOn()
    {
        relay.HeardFromVoter(Id(0), TimeSpan.FromSeconds(7));

        Assert.Equal((TimeSpan.FromSeconds(7), true), book.Last(Id(0)));
        Assert.Empty(relay.Recent(10));
    }

    /// <summary>Else a single probe, which decides nothing in the cluster, could keep every push check up with everybody.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("k-0123456789abcdeF")]
    public void Beat_HeardFromAProbeWithoutTheKey_IsNotBelieved(string key)
    {
        relay.HeardFromProbe(Id(0), TimeSpan.Zero, key);

        Assert.False(book.Last(Id(0)).HasBeat);
        Assert.Empty(relay.Recent(10));
    }

    [Fact]
    public void Beat_HeardFromAProbeWithTheKey_CountsFromThenAndIsToldOnForAsLongAsOneTakenHere()
    {
        relay.HeardFromProbe(Id(0), TimeSpan.FromSeconds(2), Key);
        clock.Advance(TimeSpan.FromSeconds(1));
        relay.HeardFromProbe(Id(0), TimeSpan.FromSeconds(4), Key);

        Assert.Equal((TimeSpan.FromSeconds(3), true), book.Last(Id(0)));
        Assert.Equal([(Id(0), TimeSpan.FromSeconds(3), Key)], relay.Recent(10));
        clock.Advance(TimeSpan.FromSeconds(13));
        relay.HeardFromProbe(Id(0), TimeSpan.FromSeconds(16), Key);
        Assert.Empty(relay.Recent(10));
    }

    private static string Id(int number) => $"c-{number:x12}";
}
