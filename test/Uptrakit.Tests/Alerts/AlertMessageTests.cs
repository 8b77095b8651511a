using CsCheck;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Alerts;

public sealed class AlertMessageTests
{
    [Theory]
    [InlineData(1, 2, "DOWN")]
    [InlineData(0, 2, "DOWN")]
    [InlineData(2, 1, "RECOVERED")]
    [InlineData(0, 1, "UP")]
    [InlineData(1, 0, "UNKNOWN")]
    [InlineData(2, 0, "UNKNOWN")]
    public void Verb_OfATransition_SaysWhatHappened(int from, int to, string verb)
    {
        OutboxEntry entry = TestAlerts.Entry();
        (entry.From, entry.To) = ((CheckState)from, (CheckState)to);

        Assert.Equal(verb, AlertMessage.Of(entry).Verb);
    }

    [Fact]
    public void Text_OfARecovery_TellsEverything()
    {
        string text = AlertMessage.Of(TestAlerts.Entry(to: CheckState.Up)).Text;

        Assert.Equal(
            """
            web is up again after 1h 2m.

            Check: web (c-1)
            Type: http
            Target: https://example.org/
            State: down -> up
            Nodes that see it up: 1 of 3
            Detail: HTTP 503, expected 2xx
            When: 2026-01-02T03:04:05Z
            Node: 11111111-2222-3333-4444-555555555555
            Message: o-1
            """,
            text);
    }

    [Fact]
    public void Text_WithLineBreaksInNameAndDetail_ForgesNoLine()
    {
        OutboxEntry entry = TestAlerts.Entry();
        entry.CheckName = "web\r\nBcc: all@example.org";
        entry.Detail = "x\nState: up -> up\u0085y";
        AlertMessage message = AlertMessage.Of(entry);

        Assert.DoesNotContain(message.Subject, char.IsControl);
        Assert.Single(message.Text.Split('\n'), l => l.StartsWith("State:", StringComparison.Ordinal));
    }

    [Fact]
    public void Target_WithAPassword_IsShownWithoutIt()
    {
        OutboxEntry entry = TestAlerts.Entry();
        entry.Target = "https://user:geheim@example.org:8443/a?b=c";

        Assert.Equal("https://example.org:8443/a?b=c", AlertMessage.Of(entry).Target);
    }

    [Fact]
    public void Message_OfAnyNumbers_IsMade() =>
        Gen.Select(Gen.Long, Gen.Long, Gen.Int).Sample((at, lasted, state) =>
        {
            OutboxEntry entry = TestAlerts.Entry();
            (entry.AtMs, entry.LastedMs, entry.To) = (at, lasted, (CheckState)state);
            return AlertMessage.Of(entry).Text.Length > 0;
        });

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(59, "59s")]
    [InlineData(60, "1m")]
    [InlineData(3723, "1h 2m")]
    [InlineData(86_400 + 61, "1d")]
    [InlineData(90_061, "1d 1h")]
    public void Duration_InTwoUnits(int seconds, string expected) =>
        Assert.Equal(expected, AlertText.Duration(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Test_Message_SaysThatItIsOne()
    {
        AlertMessage message = AlertMessage.Test("t-1", "node", DateTimeOffset.UnixEpoch);

        Assert.Equal("TEST", message.Verb);
        Assert.Contains("Nothing is down", message.Text, StringComparison.Ordinal);
    }
}
