using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Checks;

namespace Uptrakit.Tests.Alerts;

public sealed class OutboxCourierTests : IAsyncDisposable
{
    private readonly FakeTimeProvider clock = new(DateTimeOffset.FromUnixTimeMilliseconds(TestAlerts.At));
    private readonly FakeOutbox outbox = new();
    private readonly FakeSender sender = new();
    private readonly CancellationTokenSource stop = new();
    private readonly OutboxCourier courier;
    private Task running = Task.CompletedTask;

    public OutboxCourierTests() => courier = new OutboxCourier(outbox, sender, clock, NullLogger<OutboxCourier>.Instance);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    [Fact]
    public async Task Messages_OfOneAlertAndCheck_GoInOrderAndAreCommitted()
    {
        for (int i = 0; i < 20; i++)
            outbox.Add(TestAlerts.Entry($"o-{i}"), TestAlerts.Webhook());

        Start();

        await Poll.UntilAsync(() => outbox.Committed.Count == 20);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"o-{i}"), sender.Sent.Select(s => s.Id));
    }

    [Fact]
    public async Task Message_ThatFailsOnce_HoldsBackItsSuccessorButNotOtherChecks()
    {
        bool failed = false;
        sender.Behave = (_, message, _) =>
        {
            bool fail = message.Id == "o-down" && !failed;
            failed |= fail;
            return ValueTask.FromResult(fail ? new SendResult.Failed("HTTP 503", true) : SendResult.Done);
        };
        outbox.Add(TestAlerts.Entry("o-down"), TestAlerts.Webhook());
        outbox.Add(TestAlerts.Entry("o-up", to: CheckState.Up), TestAlerts.Webhook());
        outbox.Add(TestAlerts.Entry("o-other", check: "c-2"), TestAlerts.Webhook());

        Start();
        await Poll.UntilAsync(() => outbox.Committed.Contains("o-other"));
        Assert.DoesNotContain(sender.Sent, s => s.Id == "o-up");
        await AdvanceUntilAsync(() => outbox.Committed.Count == 3);

        Assert.Equal(["o-down", "o-other", "o-down", "o-up"], sender.Sent.Select(s => s.Id));
    }

    [Fact]
    public async Task SlowAlert_WithManyMessages_HoldsUpNoOther()
    {
        TaskCompletionSource<SendResult> slow = new();
        sender.Behave = (alert, _, _) => alert.Id == "a-slow" ? new(slow.Task) : ValueTask.FromResult(SendResult.Done);
        for (int i = 0; i < 50; i++)
            outbox.Add(TestAlerts.Entry($"s-{i}", "a-slow", $"c-{i}"), TestAlerts.Webhook(id: "a-slow"));
        outbox.Add(TestAlerts.Entry("o-quick", "a-quick"), TestAlerts.Webhook(id: "a-quick"));

        Start();

        await Poll.UntilAsync(() => outbox.Committed.Contains("o-quick"));
        Assert.Single(sender.Sent, s => s.Alert == "a-slow");
        slow.SetResult(SendResult.Done);
        await Poll.UntilAsync(() => outbox.Committed.Count == 51);
    }

    [Fact]
    public async Task DifferentAlerts_GoInParallelButAtMostEight()
    {
        TaskCompletionSource<SendResult> hold = new();
        sender.Behave = (_, _, _) => new(hold.Task);
        for (int i = 0; i < 12; i++)
            outbox.Add(TestAlerts.Entry($"o-{i}", $"a-{i}"), TestAlerts.Webhook(id: $"a-{i}"));

        Start();
        await Poll.UntilAsync(() => sender.Sent.Count == 8);
        int looks = outbox.Looks;
        outbox.Add(TestAlerts.Entry("o-x", "a-x"), TestAlerts.Webhook(id: "a-x"));
        await Poll.UntilAsync(() => outbox.Looks > looks);
        Assert.Equal(8, sender.Sent.Count);
        hold.SetResult(SendResult.Done);

        await Poll.UntilAsync(() => outbox.Committed.Count == 13);
    }

    [Fact]
    public async Task EightDeadAlerts_WithManyMessages_LeaveTheNinthItsTurn()
    {
        Dictionary<string, TaskCompletionSource<SendResult>> open = [];
        sender.Behave = (alert, message, _) =>
        {
            if (alert.Id == "a-8")
                return ValueTask.FromResult(SendResult.Done);
            TaskCompletionSource<SendResult> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
            lock (open)
                open.Add(message.Id, answer);
            return new(answer.Task);
        };
        for (int i = 0; i < 90; i++)
            outbox.Add(TestAlerts.Entry($"o-{i}", $"a-{i / 10}", $"c-{i}"), TestAlerts.Webhook(id: $"a-{i / 10}"));

        Start();
        await Poll.UntilAsync(() => sender.Sent.Count == 8);
        // One place gets free: it goes to the alert that has waited, not to the next message of a dead one.
        lock (open)
            open["o-0"].SetResult(new SendResult.Failed("no answer", true));

        await Poll.UntilAsync(() => !outbox.Committed.IsEmpty);
        Assert.Equal("o-80", outbox.Committed.First());
    }

    [Fact]
    public async Task DeposedLeader_SendsNothing_UntilItIsSureAgain()
    {
        outbox.Leads = false;
        outbox.Add(TestAlerts.Entry(), TestAlerts.Webhook());

        Start();
        await AdvanceUntilAsync(() => outbox.Asked >= 5);
        Assert.Empty(sender.Sent);

        outbox.Leads = true;
        await AdvanceUntilAsync(() => outbox.Committed.Count == 1);
        Assert.Single(sender.Sent);
    }

    [Fact]
    public async Task MessageThatAnotherLeaderDelivered_LearntWhileAsking_IsNotSent()
    {
        outbox.Add(TestAlerts.Entry("o-1"), TestAlerts.Webhook());
        outbox.BeforeAnswer = () => outbox.Forget("o-1");

        Start();
        await Poll.UntilAsync(() => outbox.Asked > 0);
        outbox.Add(TestAlerts.Entry("o-2"), TestAlerts.Webhook());

        await Poll.UntilAsync(() => outbox.Committed.Count == 1);
        Assert.Equal("o-2", Assert.Single(sender.Sent).Id);
    }

    [Fact]
    public async Task Commit_ThatFails_IsRepeatedAndTheMessageIsNot()
    {
        outbox.FailingCommits = 3;
        outbox.Add(TestAlerts.Entry(), TestAlerts.Webhook());

        Start();
        await AdvanceUntilAsync(() => outbox.Committed.Count == 1);

        Assert.Equal(4, outbox.CommitsTried);
        Assert.Single(sender.Sent);
    }

    [Fact]
    public async Task Leader_ThatLeadsAgain_DoesNotRepeatWhatItSent()
    {
        outbox.FailingCommits = int.MaxValue;
        outbox.Add(TestAlerts.Entry(), TestAlerts.Webhook());
        using CancellationTokenSource term = new();
        Task first = courier.RunAsync(term.Token);
        await Poll.UntilAsync(() => outbox.CommitsTried > 0);
        await term.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        outbox.FailingCommits = 0;
        Start();

        await AdvanceUntilAsync(() => outbox.Committed.Count == 1);
        Assert.Single(sender.Sent);
    }

    [Fact]
    public async Task Crash_BetweenSendAndCommit_RepeatsTheSameId()
    {
        outbox.FailingCommits = int.MaxValue;
        outbox.Add(TestAlerts.Entry("o-same"), TestAlerts.Webhook());
        using CancellationTokenSource crash = new();
        Task first = courier.RunAsync(crash.Token);
        await Poll.UntilAsync(() => outbox.CommitsTried > 0);
        await crash.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        outbox.FailingCommits = 0;
        OutboxCourier next = new(outbox, sender, clock, NullLogger<OutboxCourier>.Instance);
        running = next.RunAsync(stop.Token);

        await AdvanceUntilAsync(() => outbox.Committed.Count == 1);
        Assert.Equal(["o-same", "o-same"], sender.Sent.Select(s => s.Id));
    }

    [Fact]
    public async Task Cancelling_WithAMessageOnItsWay_CancelsTheSendAndCommitsNothing()
    {
        TaskCompletionSource cancelled = new();
        sender.Behave = async (_, _, cancel) =>
        {
            await using CancellationTokenRegistration seen = cancel.Register(cancelled.SetResult);
            await Task.Delay(Timeout.Infinite, cancel);
            return SendResult.Done;
        };
        outbox.Add(TestAlerts.Entry(), TestAlerts.Webhook());
        Start();
        await Poll.UntilAsync(() => sender.Sent.Count == 1);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        await cancelled.Task;
        Assert.Equal(0, outbox.CommitsTried);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AlertThatIsGoneOrDisabled_IsNotTold(bool gone)
    {
        Alert disabled = TestAlerts.Webhook();
        disabled.Enabled = false;
        outbox.Add(TestAlerts.Entry(), gone ? null : disabled);

        Start();

        await Poll.UntilAsync(() => outbox.Committed.Count == 1);
        Assert.Empty(sender.Sent);
    }

    [Fact]
    public async Task AlertThatIsDisabled_IsStillToldWhatEndsItsIncidents()
    {
        Alert disabled = TestAlerts.Webhook();
        disabled.Enabled = false;
        OutboxEntry unwatched = TestAlerts.Entry("o-unwatched", check: "c-2", to: CheckState.Unknown);
        unwatched.Kind = MessageKind.Unwatched;
        outbox.Add(TestAlerts.Entry("o-down"), disabled);
        outbox.Add(TestAlerts.Entry("o-up", to: CheckState.Up), disabled);
        outbox.Add(unwatched, disabled);

        Start();

        await Poll.UntilAsync(() => outbox.Committed.Count == 3);
        Assert.Equal(["o-unwatched", "o-up"], sender.Sent.Select(static sent => sent.Id).Order());
    }

    [Fact]
    public async Task Refusal_ForGood_EndsTheMessage()
    {
        sender.Behave = (_, _, _) => ValueTask.FromResult<SendResult>(new SendResult.Failed("HTTP 410", false));
        outbox.Add(TestAlerts.Entry(), TestAlerts.Webhook());

        Start();

        await Poll.UntilAsync(() => outbox.Committed.Count == 1);
        Assert.Single(sender.Sent);
    }

    [Fact]
    public async Task Message_UndeliveredForADay_IsGivenUpAfterGrowingPauses()
    {
        List<TimeSpan> at = [];
        long start = clock.GetTimestamp();
        sender.Behave = (_, _, _) =>
        {
            lock (at)
                at.Add(clock.GetElapsedTime(start));
            return ValueTask.FromResult<SendResult>(new SendResult.Failed("HTTP 503", true));
        };
        outbox.Add(TestAlerts.Entry(), TestAlerts.Webhook());

        Start();
        await AdvanceUntilAsync(() => at.Count == 5, TimeSpan.FromMilliseconds(100));
        Assert.InRange(at[4] - at[3], TimeSpan.FromSeconds(6.4), TimeSpan.FromSeconds(12));
        await AdvanceUntilAsync(() => outbox.Committed.Count == 1, TimeSpan.FromMinutes(6));

        Assert.InRange(clock.GetElapsedTime(start), ErrandBook.GiveUpAfter, ErrandBook.GiveUpAfter * 2);
    }

    [Fact]
    public async Task Entry_OfAWrongClock_IsTriedAtLeastOnce()
    {
        OutboxEntry entry = TestAlerts.Entry();
        entry.AtMs = 0;
        outbox.Add(entry, TestAlerts.Webhook());

        Start();

        await Poll.UntilAsync(() => outbox.Committed.Count == 1);
        Assert.Single(sender.Sent);
    }

    [Fact]
    public async Task Receiver_ThatAsksForAPause_GetsItForAllItsMessages()
    {
        sender.Behave = (_, _, _) => ValueTask.FromResult<SendResult>(new SendResult.Failed("HTTP 429", true, TimeSpan.FromMinutes(2)));
        outbox.Add(TestAlerts.Entry("o-1"), TestAlerts.Webhook());
        outbox.Add(TestAlerts.Entry("o-2", check: "c-2"), TestAlerts.Webhook());
        outbox.Add(TestAlerts.Entry("o-3", "a-other"), TestAlerts.Webhook(id: "a-other"));

        Start();
        await Poll.UntilAsync(() => sender.Sent.Count == 2);
        clock.Advance(TimeSpan.FromSeconds(100));
        Assert.DoesNotContain(sender.Sent, s => s.Id == "o-2");

        await AdvanceUntilAsync(() => sender.Sent.Any(s => s.Id == "o-2"));
    }

    [Fact]
    public async Task Sender_ThatThrows_IsTriedAgain()
    {
        int calls = 0;
        sender.Behave = (_, _, _) => calls++ == 0 ? throw new InvalidOperationException("bug") : ValueTask.FromResult(SendResult.Done);
        outbox.Add(TestAlerts.Entry(), TestAlerts.Webhook());

        Start();

        await AdvanceUntilAsync(() => outbox.Committed.Count == 1);
        Assert.Equal(2, sender.Sent.Count);
    }

    [Fact]
    public async Task RealReceiver_That503sOnce_GetsTheMessageWithTheSameIdAgain()
    {
        int calls = 0;
        await using RawServer receiver = new((_, stream, cancel) =>
            RawServer.ReplyAsync(stream, Interlocked.Increment(ref calls) == 1 ? 503 : 200, "", [], cancel));
        using AlertSenders real = new(TimeProvider.System);
        OutboxCourier whole = new(outbox, real, clock, NullLogger<OutboxCourier>.Instance);
        outbox.Add(TestAlerts.Entry("o-same"), TestAlerts.Webhook(receiver.Url));

        running = whole.RunAsync(stop.Token);

        await AdvanceUntilAsync(() => outbox.Committed.Count == 1);
        Assert.Equal(["o-same", "o-same"], receiver.Requests.Select(r => r.Header("X-Uptrakit-Message")));
    }

    [Fact]
    public async Task Log_OfAnyOutcome_HoldsNoUrlAndNoSecret()
    {
        CollectingLogger<OutboxCourier> log = new();
        int calls = 0;
        OutboxCourier logged = new(outbox, sender, clock, log);
        sender.Behave = (_, _, _) => ValueTask.FromResult(calls++ switch
        {
            0 => new SendResult.Failed("HTTP 503", true),
            1 => SendResult.Done,
            _ => new SendResult.Failed("HTTP 410", false),
        });
        outbox.FailingCommits = 1;
        outbox.Add(TestAlerts.Entry("o-1"), TestAlerts.Webhook("https://hooks.test/geheim", "geheim"));
        outbox.Add(TestAlerts.Entry("o-2"), TestAlerts.Webhook("https://hooks.test/geheim", "geheim"));

        running = logged.RunAsync(stop.Token);
        await AdvanceUntilAsync(() => outbox.Committed.Count == 2);

        Assert.Contains(log.Lines, l => l.Contains("o-1", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, l => l.Contains("geheim", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AlertWithALimit_SendsSoManyAndTellsTheRestInOneLater()
    {
        ConcurrentQueue<AlertMessage> told = new();
        sender.Behave = (_, message, _) =>
        {
            told.Enqueue(message);
            return ValueTask.FromResult(SendResult.Done);
        };
        Alert alert = TestAlerts.Webhook();
        alert.MostPerHour = 3;
        for (int i = 0; i < 10; i++)
            outbox.Add(TestAlerts.Entry($"o-{i}", check: $"c-{i}"), alert);
        outbox.Add(TestAlerts.Entry("o-other", "a-other"), TestAlerts.Webhook(id: "a-other"));

        Start();
        await Poll.UntilAsync(() => outbox.Committed.Count == 4);
        clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(4, sender.Sent.Count);

        await AdvanceUntilAsync(() => outbox.Committed.Count == 11, TimeSpan.FromSeconds(10));
        Assert.Equal(5, told.Count);
        AlertMessage last = told.Last();
        Assert.Equal("SUMMARY", last.Verb);
        Assert.Equal("o-3", last.Id);
        Assert.Equal(Enumerable.Range(3, 7).Select(i => $"o-{i}"), last.Summed.Select(m => m.Id));
    }

    [Fact]
    public async Task AlertWithALimit_MessagesOfMembers_HoldBackNoneOfChecks()
    {
        Alert alert = TestAlerts.Webhook();
        alert.MostPerHour = 2;
        for (int i = 0; i < 5; i++)
            outbox.Add(Member($"o-m{i}"), alert);
        outbox.Add(TestAlerts.Entry("o-check"), alert);

        Start();
        await Poll.UntilAsync(() => outbox.Committed.Count == 3);
        Assert.Equal(["o-check", "o-m0", "o-m1"], outbox.Committed.Order());

        await AdvanceUntilAsync(() => outbox.Committed.Count == 6, TimeSpan.FromMinutes(10));
        Assert.Equal(4, sender.Sent.Count);

        static OutboxEntry Member(string id)
        {
            OutboxEntry entry = TestAlerts.Entry(id, check: "");
            (entry.Kind, entry.MemberId) = (MessageKind.MemberLost, "11111111-1111-4111-8111-111111111111");
            return entry;
        }
    }

    [Fact]
    public async Task Summary_ThatFails_IsRepeatedWithTheSameMessages()
    {
        ConcurrentQueue<string> told = new();
        sender.Behave = (_, message, _) =>
        {
            told.Enqueue(string.Join(',', message.Summed.Select(m => m.Id)));
            return ValueTask.FromResult(told.Count == 2 ? new SendResult.Failed("HTTP 503", true) : SendResult.Done);
        };
        Alert alert = TestAlerts.Webhook();
        alert.MostPerHour = 1;
        for (int i = 0; i < 3; i++)
            outbox.Add(TestAlerts.Entry($"o-{i}", check: $"c-{i}"), alert);

        Start();
        await AdvanceUntilAsync(() => told.Count == 2, TimeSpan.FromMinutes(1));
        outbox.Add(TestAlerts.Entry("o-late", check: "c-late"), alert);
        await AdvanceUntilAsync(() => outbox.Committed.Count == 4, TimeSpan.FromMinutes(1));

        Assert.Equal(["", "o-1,o-2", "o-1,o-2", ""], told);
        Assert.Equal("o-late", sender.Sent.Last().Id);
    }

    [Fact]
    public async Task Summary_WhoseFirstAnotherLeaderHasTold_LeavesTheOthersTheirTurn()
    {
        bool works = false;
        sender.Behave = (_, message, _) => ValueTask.FromResult(
            message.Summed.Count == 0 || works ? SendResult.Done : new SendResult.Failed("HTTP 503", true));
        Alert alert = TestAlerts.Webhook();
        alert.MostPerHour = 1;
        for (int i = 0; i < 4; i++)
            outbox.Add(TestAlerts.Entry($"o-{i}", check: $"c-{i}"), alert);

        Start();
        await AdvanceUntilAsync(() => sender.Sent.Count == 3, TimeSpan.FromMinutes(1));
        outbox.Forget("o-1");
        works = true;

        await AdvanceUntilAsync(() => outbox.Committed.Count == 3, TimeSpan.FromMinutes(1));
        Assert.Equal(["o-0", "o-2", "o-3"], outbox.Committed);
    }

    [Fact]
    public async Task AlertWithALimit_UnderIt_SendsEachByItself()
    {
        Alert alert = TestAlerts.Webhook();
        alert.MostPerHour = 2;
        Start();
        for (int i = 0; i < 6; i++)
        {
            outbox.Add(TestAlerts.Entry($"o-{i}", check: $"c-{i}"), alert);
            await Poll.UntilAsync(() => outbox.Committed.Count == i + 1);
            clock.Advance(TimeSpan.FromMinutes(31));
        }

        Assert.Equal(Enumerable.Range(0, 6).Select(i => $"o-{i}"), sender.Sent.Select(s => s.Id));
    }

    [Fact]
    public async Task OneMessageOverTheLimit_ComesLaterAsItself()
    {
        Alert alert = TestAlerts.Webhook();
        alert.MostPerHour = 1;
        outbox.Add(TestAlerts.Entry("o-1"), alert);
        outbox.Add(TestAlerts.Entry("o-2", to: CheckState.Up), alert);
        List<string> verbs = [];
        sender.Behave = (_, message, _) =>
        {
            verbs.Add(message.Verb);
            return ValueTask.FromResult(SendResult.Done);
        };

        Start();
        await AdvanceUntilAsync(() => outbox.Committed.Count == 2, TimeSpan.FromMinutes(1));

        Assert.Equal(["DOWN", "RECOVERED"], verbs);
    }

    [Fact]
    public async Task AlertThatKeepsIncidents_HasNoLimit()
    {
        Alert alert = TestAlerts.Of(AlertType.Pagerduty);
        alert.MostPerHour = 1;
        for (int i = 0; i < 5; i++)
            outbox.Add(TestAlerts.Entry($"o-{i}", check: $"c-{i}"), alert);

        Start();

        await Poll.UntilAsync(() => outbox.Committed.Count == 5);
        Assert.Equal(5, sender.Sent.Count);
    }

    [Fact]
    public async Task Limit_ThatIsReached_IsLoggedOnce()
    {
        CollectingLogger<OutboxCourier> log = new();
        OutboxCourier logged = new(outbox, sender, clock, log);
        Alert alert = TestAlerts.Webhook();
        alert.MostPerHour = 1;
        for (int i = 0; i < 4; i++)
            outbox.Add(TestAlerts.Entry($"o-{i}", check: $"c-{i}"), alert);

        running = logged.RunAsync(stop.Token);
        await AdvanceUntilAsync(() => outbox.Committed.Count == 4, TimeSpan.FromMinutes(1));

        Assert.Single(log.Lines, l => l.StartsWith("1510", StringComparison.Ordinal));
        Assert.Contains(log.Lines, l => l.Contains("tells 3 messages in one", StringComparison.Ordinal));
    }

    private void Start() => running = courier.RunAsync(stop.Token);

    private Task AdvanceUntilAsync(Func<bool> isSo, TimeSpan? step = null) => Poll.UntilAsync(() =>
    {
        if (isSo())
            return true;
        clock.Advance(step ?? TimeSpan.FromSeconds(1));
        return false;
    });
}
