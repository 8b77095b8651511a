using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using System.Security.Cryptography;
using System.Text;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.Checks.Push;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Checks;

public sealed class PushTests
{
    private const string Id = "c-000000000001";
    private readonly FakeTimeProvider clock = new();
    private readonly Dictionary<string, Check> checks = [];
    private readonly PushBook book;
    private readonly PushProbe probe;

    public PushTests()
    {
        book = new PushBook(id => checks.GetValueOrDefault(id), clock);
        probe = new PushProbe(book);
        checks[Id] = TestChecks.Of(CheckType.Push, "");
        checks[Id].IntervalMs = 60_000;
        checks[Id].TimeoutMs = 10_000;
        checks[Id].Push = new PushOptions { KeySha256 = ByteString.CopyFrom(SHA256.HashData("key"u8)) };
    }

    [Fact]
    public async Task Check_ThatNeverHadABeat_IsSilentForItsIntervalAndGraceThenFails()
    {
        Assert.Equal(ProbeLevel.Silent, await LevelAsync());
        clock.Advance(TimeSpan.FromSeconds(70));
        Assert.Equal(ProbeLevel.Silent, await LevelAsync());
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ProbeLevel.Failed, await LevelAsync());
    }

    [Fact]
    public async Task Check_WithBeats_IsUpUntilOneIsMissing()
    {
        for (int i = 0; i < 3; i++)
        {
            Assert.True(book.Take(Id, "key"));
            clock.Advance(TimeSpan.FromSeconds(69));
            Assert.Equal(ProbeLevel.Ok, await LevelAsync());
        }

        clock.Advance(TimeSpan.FromSeconds(2));
        ProbeOutcome missing = await probe.ProbeAsync(checks[Id], TestContext.Current.CancellationToken);
        Assert.Equal(("no beat for 71 s, one is due every 60 s", false), (missing.Detail, missing.Ok));
        Assert.True(book.Take(Id, "key"));
        Assert.Equal(ProbeLevel.Ok, await LevelAsync());
    }

    [Theory]
    [InlineData(Id, "Key")]
    [InlineData(Id, "")]
    [InlineData("c-000000000002", "key")]
    [InlineData("c-000000000003", "key")]
    [InlineData("c-000000000004", "")]
    [InlineData("", "")]
    public async Task Beat_WithoutTheKeyOrForNoPushCheck_IsNotTaken(string id, string key)
    {
        checks["c-000000000003"] = TestChecks.Http("http://a.test/");
        checks["c-000000000004"] = TestChecks.Of(CheckType.Push, "");
        int taken = 0;
        book.Taken += (_, _, _) => taken++;

        Assert.False(book.Take(id, key));
        Assert.Equal(0, taken);
        Assert.Equal(ProbeLevel.Silent, await LevelAsync());
    }

    [Fact]
    public void Beat_WithAKeyOfAnySize_IsRefusedWithoutHashingItWhole()
    {
        checks[Id].Push.KeySha256 = ByteString.CopyFrom(SHA256.HashData(Encoding.ASCII.GetBytes(new string('k', 10_000))));

        Assert.False(book.Take(Id, new string('k', 10_000)));
    }

    [Fact]
    public void Beat_OfADisabledCheck_IsNotTaken()
    {
        checks[Id].Enabled = false;

        Assert.False(book.Take(Id, "key"));
    }

    [Fact]
    public async Task Beat_ThatAnotherMemberTook_CountsFromThenAndNeverBackwards()
    {
        book.Note(Id, TimeSpan.FromSeconds(30));
        book.Note(Id, TimeSpan.FromSeconds(69));
        clock.Advance(TimeSpan.FromSeconds(40));
        Assert.Equal(ProbeLevel.Ok, await LevelAsync());
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(ProbeLevel.Failed, await LevelAsync());
    }

    [Fact]
    public void Pace_OfAPushCheck_IsShortWhateverItsInterval()
    {
        checks[Id].IntervalMs = (long)TimeSpan.FromHours(24).TotalMilliseconds;

        Assert.Equal(TimeSpan.FromSeconds(30), CheckTimes.Pace(checks[Id]));
    }

    private async Task<ProbeLevel> LevelAsync() => (await probe.ProbeAsync(checks[Id], TestContext.Current.CancellationToken)).Level;
}
