using CsCheck;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.Alerts.Templates;
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
    [InlineData(1, 3, "WARN")]
    [InlineData(3, 1, "RECOVERED")]
    [InlineData(1, 4, "DEGRADED")]
    [InlineData(4, 1, "RECOVERED")]
    [InlineData(2, 5, "MAINTENANCE")]
    [InlineData(5, 1, "UP")]
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

    [Theory]
    [InlineData((int)MessageKind.Reminder, "[REMINDER] web is still down (http)", "web is still down, for 1h 2m now.")]
    [InlineData((int)MessageKind.Flapping, "[FLAPPING] web (http)", "web changes all the time.")]
    [InlineData((int)MessageKind.Escalation, "[DOWN] web (http)", "web has been down for 1h 2m, and nobody has acknowledged it.")]
    [InlineData((int)MessageKind.Unwatched, "[UNWATCHED] web (http)", "Nothing more is told here of web.")]
    [InlineData((int)MessageKind.Test, "[TEST] [DOWN] web (http)", "This is a test. web does not answer")]
    public void Text_OfAKindAboutACheck_TellsIt(int kind, string subject, string headline)
    {
        OutboxEntry entry = TestAlerts.Entry();
        entry.Kind = (MessageKind)kind;
        AlertMessage message = AlertMessage.Of(entry);

        Assert.Equal(subject, message.Subject);
        Assert.StartsWith(headline, message.Text, StringComparison.Ordinal);
        Assert.Contains("Target: https://example.org/", message.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData((int)MessageKind.MemberLost, "[MEMBER LOST] n-2", "Member n-2 has not been heard of for 1m 35s.")]
    [InlineData((int)MessageKind.MemberBack, "[MEMBER BACK] n-2", "Member n-2 is back after 1m 35s.")]
    [InlineData((int)MessageKind.MemberClock, "[MEMBER CLOCK] n-2", "The clock of member n-2 is off. 4 s ahead")]
    [InlineData((int)MessageKind.MemberClockRight, "[MEMBER CLOCK RIGHT] n-2", "The clock of member n-2 is right again after 1m 35s.")]
    [InlineData((int)MessageKind.MemberExcluded, "[MEMBER EXCLUDED] n-2", "Member n-2 fails most checks")]
    [InlineData((int)MessageKind.MemberIncluded, "[MEMBER INCLUDED] n-2", "The votes of member n-2 count again")]
    [InlineData((int)MessageKind.QuorumLost, "[QUORUM LOST] seen by n-1", "Node n-1 sees no majority")]
    [InlineData((int)MessageKind.QuorumBack, "[QUORUM BACK] seen by n-1", "Node n-1 sees a majority again after 1m 35s.")]
    public void Text_OfAKindAboutTheCluster_TellsIt(int kind, string subject, string headline)
    {
        AlertMessage message = AlertMessage.Of(new OutboxEntry
        {
            Id = "m-1",
            Kind = (MessageKind)kind,
            MemberId = "n-2",
            NodeId = "n-1",
            LastedMs = 95_000,
            Detail = kind == (int)MessageKind.MemberClock ? "4 s ahead" : "",
        });

        Assert.Equal(subject, message.Subject);
        Assert.StartsWith(headline, message.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Target:", message.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_OfARecoveryThatSomebodyHadTaken_NamesThem()
    {
        OutboxEntry entry = TestAlerts.Entry(to: CheckState.Up);
        entry.Group = "shop";
        entry.Acknowledged = new Acknowledgement { By = "kim", Note = "on it", UntilMs = TestAlerts.At };

        string text = AlertMessage.Of(entry).Text;

        Assert.Contains("\nGroup: shop\n", text, StringComparison.Ordinal);
        Assert.Contains("\nAcknowledged: by kim until 2026-01-02T03:04:05Z, on it\nWhen: ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_OfEverySample_RendersWithinItsLimits()
    {
        foreach (CheckType type in SampleMessages.Types)
        {
            foreach ((string name, AlertMessage message) in SampleMessages.For(type))
            {
                foreach (Markup markup in Markup.All)
                {
                    AlertWords words = AlertComposer.Default(message, markup);
                    Assert.False(string.IsNullOrWhiteSpace(words.Subject), name);
                    Assert.DoesNotContain("{{", words.Body, StringComparison.Ordinal);
                    Assert.DoesNotContain("\n\n\n", words.Body, StringComparison.Ordinal);
                }
            }
        }
    }

    [Theory]
    [InlineData('&')]
    [InlineData('@')]
    [InlineData('`')]
    [InlineData('_')]
    [InlineData('語')]
    public void Text_OfTheLongestValues_StillRendersForEveryReceiver(char letter)
    {
        string big = new(letter, 5000);
        foreach (MessageKind kind in Enum.GetValues<MessageKind>())
        {
            foreach (string check in (string[])["c-1", ""])
            {
                OutboxEntry entry = TestAlerts.Entry(check: check);
                (entry.CheckName, entry.Target, entry.Detail, entry.NodeId, entry.Group, entry.MemberId) = (big, big, big, big, big, big);
                entry.Acknowledged = new Acknowledgement { By = big, Note = big, UntilMs = 1 };
                entry.Kind = kind;
                Assert.All(Markup.All, m => Assert.NotEmpty(AlertComposer.Default(AlertMessage.Of(entry), m).Body));
            }
        }
    }
}
