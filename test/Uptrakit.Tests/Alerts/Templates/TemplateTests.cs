using System.Diagnostics;
using CsCheck;
using Microsoft.Extensions.Logging.Abstractions;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Alerts.Templates;

public sealed class TemplateTests
{
    private static readonly AlertMessage s_sample = SampleMessages.Transition(CheckType.Http, CheckState.Up, CheckState.Down);

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, TemplateCase.All.Count)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Template_OfTheCorpus_BecomesWhatIsExpected(int index)
    {
        TemplateCase each = TemplateCase.All[index];
        Assert.Equal(each.Expected, Become(each.Source, each.Markup));
    }

    [Fact]
    public void Corpus_OfFilters_NamesEachOne() => Assert.All(TemplateFilters.All, f =>
        Assert.Contains(TemplateCase.All, c => c.Source.Contains("| " + f.Name, StringComparison.Ordinal) && !c.Expected.Contains("1:11", StringComparison.Ordinal)));

    [Fact]
    public void Names_OfTheTable_AllHaveAValue() => Assert.All(TemplateNames.All, n => Assert.DoesNotContain("is not known", Become($"{{{{ {n.Path} }}}}"), StringComparison.Ordinal));

    [Fact]
    public void Variables_OfAMessage_AreAllInTheTable()
    {
        List<string> paths = [];
        foreach ((string name, TemplateValue value) in AlertVariables.Of(s_sample).Fields)
            paths.AddRange(value is TemplateValue.Group group ? group.Fields.Keys.Select(k => $"{name}.{k}") : [name]);

        Assert.Equal(TemplateNames.All.Select(n => n.Path).Order(), paths.Order());
    }

    [Fact]
    public void Template_OfAnyText_NeitherThrowsNorOutlastsItsBudget()
    {
        string[] parts = ["{{", "}}", "{{ ", " }}", "if ", "for x in ", "end", "else", "check.name", "snapshot.reports", "check.tags", " | ", "replace ",
            "\"a\"", "'b'", "\\", "#", "-", "\n", "upper", "truncate 3", " == ", "(", ")", "not ", "x.node", "x", "🙂", "\uD800"];
        Gen.Int[0, parts.Length - 1].Select(i => parts[i]).Array[0, 40].Sample(
            all =>
            {
                long start = Stopwatch.GetTimestamp();
                _ = Become(string.Concat(all));
                return Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(5);
            },
            iter: 3000);
    }

    [Fact]
    public void Template_ThatExplodes_StopsWhileItRenders()
    {
        // Ten lists of three, and each makes the longest text that it may: 59,049 × 8 KiB if nothing stopped it.
        string source = string.Concat(Enumerable.Range(0, 10).Select(i => $"{{{{ for r{i} in snapshot.reports }}}}"))
            + "{{ '" + new string('a', 4000) + "' | replace 'a' 'bb' | upper | lower }}" + string.Concat(Enumerable.Repeat("{{ end }}", 10));
        long before = GC.GetAllocatedBytesForCurrentThread();

        AlertWords words = AlertComposer.Render("", source, s_sample, Markup.Plain);

        Assert.NotNull(words.Fault);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4_000_000);
    }

    [Fact]
    public void Own_Templates_AreUsedAndEscaped()
    {
        AlertWords words = AlertComposer.Render("{{ verb }}\n{{ check.name }}", "**{{ check.target }}** @here", s_sample, Markup.Discord);

        Assert.Equal("DOWN shop", words.Subject);
        Assert.Equal("**https://www.example.org/** @here", words.Body);
        Assert.True(words.IsOwn);
        Assert.Null(words.Fault);
    }

    [Fact]
    public void OwnSubject_Alone_LeavesTheDefaultBody()
    {
        AlertWords words = AlertComposer.Render("{{ check.id }}", "", s_sample, Markup.Plain);

        Assert.Equal(s_sample.CheckId, words.Subject);
        Assert.Equal(s_sample.Text, words.Body);
        Assert.False(words.IsOwn);
    }

    [Theory]
    [InlineData("{{ check.name", "", "subject: line 1, column 1: the tag does not end with }}")]
    [InlineData("", "ok\n{{ oops }}", "body: line 2, column 4: 'oops' is not known")]
    public void Template_ThatFails_FallsBackToTheDefaultAndTells(string subject, string body, string fault)
    {
        AlertWords words = AlertComposer.Render(subject, body, s_sample, Markup.Plain);

        Assert.Equal(fault, words.Fault);
        Assert.Equal(s_sample.Subject, words.Subject);
        Assert.Equal(s_sample.Text, words.Body);
    }

    [Fact]
    public void SubjectAndBody_ShareOneLimit()
    {
        string half = new('x', 5000);

        Assert.Null(AlertComposer.Render("a", half, s_sample, Markup.Plain).Fault);
        Assert.Equal(
            "body: line 1, column 1: subject and body grow over 8192 bytes",
            AlertComposer.Render(half, half, s_sample, Markup.Plain).Fault);
    }

    [Fact]
    public void TemplateForChecks_IsNotUsedForMembers_UnlessItLooksAtThem()
    {
        AlertMessage lost = SampleMessages.For(CheckType.Http).Single(s => s.Name == "member_lost").Message;

        Assert.Equal(lost.Text, AlertComposer.Render("", "{{ check.name }} is {{ to }}", lost, Markup.Plain).Body);
        Assert.StartsWith("gone: 7c1e0f52", AlertComposer.Render("", "{{ if member }}gone: {{ member }}{{ end }}", lost, Markup.Plain).Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Subject_ThatIsEmptyOrOfManyLines_IsOneLine()
    {
        Assert.Equal("DOWN", AlertComposer.Render(" {{ member }} ", "x", s_sample, Markup.Plain).Subject);
        Assert.Equal("a Bcc: b", AlertComposer.Render("a\nBcc: b", "x", s_sample, Markup.Plain).Subject);
        Assert.Equal(AlertComposer.SubjectLimit, AlertComposer.Render(new string('y', 900), "x", s_sample, Markup.Plain).Subject.Length);
    }

    [Fact]
    public void Fault_WhileSending_IsLogged()
    {
        CollectingLogger<AlertComposer> log = new();
        Alert alert = TestAlerts.Webhook();
        alert.Body = "{{ oops }}";

        AlertWords words = new AlertComposer(log).Compose(alert, s_sample, Markup.Plain);

        Assert.Equal(s_sample.Text, words.Body);
        Assert.Contains("1508", Assert.Single(log.Lines), StringComparison.Ordinal);
        Assert.Contains("'oops' is not known", log.Lines.First(), StringComparison.Ordinal);
    }

    [Fact]
    public void Summary_OfManyMessages_FitsAndCountsTheRest()
    {
        List<AlertMessage> many = [.. Enumerable.Range(0, 500).Select(i => AlertMessage.Of(TestAlerts.Entry($"o-{i}", check: $"c-{i}")))];

        AlertWords words = new AlertComposer(NullLogger.Instance).Compose(new Alert(), AlertMessage.Summary(many), Markup.Plain);

        Assert.Equal("[SUMMARY] 500 messages", words.Subject);
        Assert.InRange(words.Body.Length, 4000, TemplateLimits.Output);
        int told = words.Body.Split('\n').Count(l => l.Contains("[DOWN] web (http)", StringComparison.Ordinal));
        Assert.EndsWith($"\nand {500 - told} more", words.Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Summary_OfAnAlertWithItsOwnSubject_HasItsLines()
    {
        List<AlertMessage> two = [AlertMessage.Of(TestAlerts.Entry("o-1")), AlertMessage.Of(TestAlerts.Entry("o-2", to: CheckState.Up))];

        AlertWords words = new AlertComposer(NullLogger.Instance)
            .Compose(new Alert { Subject = "{{ check.name }}={{ to }}" }, AlertMessage.Summary(two), Markup.Plain);

        Assert.Contains("\n2026-01-02T03:04:05Z web=down\n2026-01-02T03:04:05Z web=up", words.Body, StringComparison.Ordinal);
    }

    internal static string Become(string source, string markup = "plain")
    {
        if (!Template.TryParse(source, out Template? template, out TemplateFault? fault))
            return $"{fault.Line}:{fault.Column}:{fault.Words}";
        return template.TryRender(AlertVariables.Of(s_sample), Markup.All.Single(m => m.Name == markup), new TemplateBudget(), out string text, out fault)
            ? text
            : $"{fault.Line}:{fault.Column}:{fault.Words}";
    }
}
