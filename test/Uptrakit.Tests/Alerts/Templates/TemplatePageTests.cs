using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using CsCheck;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.Alerts.Services;
using Uptrakit.Quorum.Alerts.Templates;
using Uptrakit.Quorum.Checks;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Shared;

namespace Uptrakit.Tests.Alerts.Templates;

/// <summary>The page of `qu builder`, run by a real engine: what it shows is what the daemon sends.</summary>
public sealed class TemplatePageTests : IDisposable
{
    private const string Browser = "/usr/bin/chromium";

    // The same engine; the first one starts in a tenth of the time.
    private static readonly string[] s_engines = ["/usr/bin/node", Browser];

    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public async Task Corpus_InThePage_BecomesTheSame()
    {
        IReadOnlyList<TemplateCase> cases = TemplateCase.All;

        string[] shown = await AskAsync(cases.Select(c => (c.Source, c.Markup)));

        for (int i = 0; i < cases.Count; i++)
            Assert.Equal((cases[i].Source, cases[i].Expected), (cases[i].Source, shown[i]));
    }

    [Fact]
    public async Task RandomTemplates_InThePage_BecomeTheSame()
    {
        string[] parts = ["{{ ", " }}", "{{ ", " }}", "{{- ", " -}}", "{{ if check.name }}", "{{ if member }}", "{{ else }}", "{{ end }}", "{{ end }}",
            "{{ for x in check.tags }}", "{{ for r in snapshot.reports }}", "{{ x }}", "{{ r.node }}", "{{ r.ok }}", "check.name", "verb", "snapshot.detail",
            " | upper", " | truncate 3", " | replace 'a' 'b'", " | size", " | join '/'", " | duration", " == ", " < ", " and ", " or ", "not ", "(", ")",
            "'a'", "\"b\"", "7", "\n", " ", "\t", "#", "text", "🙂", "ß", "\\", "\"", "'"];
        List<(string Source, string Markup)> cases = [];
        string[] markups = [.. Markup.All.Select(m => m.Name)];
        Gen.Select(Gen.Int[0, parts.Length - 1].Select(i => parts[i]).Array[1, 25], Gen.Int[0, markups.Length - 1].Select(i => markups[i]))
            .Sample((all, markup) => cases.Add((string.Concat(all), markup)), iter: 4000, threads: 1);

        string[] shown = await AskAsync(cases);

        for (int i = 0; i < cases.Count; i++)
            Assert.Equal((cases[i].Source, TemplateTests.Become(cases[i].Source, cases[i].Markup)), (cases[i].Source, shown[i]));
    }

    [Fact]
    public async Task Letters_InThePage_HaveTheSameCase()
    {
        List<string> letters = [];
        for (int point = 0x20; point < 0x20000; point++)
        {
            if (Rune.IsValid(point) && Rune.IsLetter(new Rune(point)))
                letters.Add(new Rune(point).ToString());
        }

        string[] chunks = [.. letters.Chunk(500).Select(c => string.Concat(c))];
        string[] filters = ["upper", "lower"];

        string[] shown = await AskAsync(filters.SelectMany(f => chunks.Select(c => ($"{{{{ \"{c}\" | {f} }}}}", "plain"))));

        List<string> different = [];
        int index = 0;
        foreach (string filter in filters)
        {
            foreach (string chunk in chunks)
            {
                Rune[] letter = [.. chunk.EnumerateRunes()];
                Rune[] wanted = [.. TemplateTests.Become($"{{{{ \"{chunk}\" | {filter} }}}}").EnumerateRunes()];
                Rune[] found = [.. shown[index++].EnumerateRunes()];
                Assert.Equal((letter.Length, letter.Length), (wanted.Length, found.Length));
                different.AddRange(letter.Index().Where(l => wanted[l.Index] != found[l.Index])
                    .Select(l => $"{filter} U+{l.Item.Value:X4}: U+{wanted[l.Index].Value:X4}, in the page U+{found[l.Index].Value:X4}"));
            }
        }

        Assert.Empty(different);
    }

    [Fact]
    public async Task Samples_InThePage_AreTheDaemonsWords()
    {
        (string Subject, string Body)[] own =
        [
            ("", ""), ("{{ verb }} {{ check.name }}", ""), ("", "{{ member }} {{ kind }}\n\n"), ("{{ oops }}", "x"), ("a\u202Eb\n\nc", "{{ check.tags }}"),
            ("", new string('y', 8192) + "{{ verb }}"), ("x", new string('y', 5000) + "{{ verb }}"),
        ];
        List<string> expected = [];
        List<object?[]> questions = [];
        foreach (CheckType type in SampleMessages.Types)
        {
            foreach ((string name, AlertMessage message) in SampleMessages.For(type))
            {
                foreach ((string subject, string body) in own)
                {
                    foreach (string receiver in (string[])["plain", "discord", "slack", "telegram"])
                    {
                        expected.Add(Sent(receiver, subject, body, message));
                        questions.Add([receiver, subject, body, AlertText.Type(type), name]);
                    }
                }
            }
        }

        string[] shown = await RunAsync(
            questions,
            "q => { const w = Templates.send(q[0], q[1], q[2], QU.samples[q[3]][q[4]]); return `${w.subject}|${w.body}|${w.fault ?? ''}`; }");

        Assert.Equal(expected, shown);
    }

    [Fact]
    public void Page_OfTheBuilder_IsWholeAndAsksNobody()
    {
        string page = TemplateBuilder.Html();

        Assert.DoesNotContain("/*DATA*/", page, StringComparison.Ordinal);
        Assert.DoesNotContain("/*ENGINE*/", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", page.Replace("script-src", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(page), 20_000, 150_000);
    }

    [Fact]
    public async Task Page_InABrowser_ShowsItsFirstSample()
    {
        if (!File.Exists(Browser))
            Assert.Skip("needs chromium");
        await File.WriteAllTextAsync(scratch["page.html"], TemplateBuilder.Html(), TestContext.Current.CancellationToken);

        string dom = await RunEngineAsync(Browser, scratch["page.html"]);

        AlertMessage first = SampleMessages.For(CheckType.Http).First().Message;
        Assert.Contains($"<pre id=\"outSubject\">{WebUtility.HtmlEncode(first.Subject)}</pre>", dom, StringComparison.Ordinal);
        Assert.Contains(first.Text.Replace(">", "&gt;", StringComparison.Ordinal), dom, StringComparison.Ordinal);
    }

    // With the code of the senders.
    private static string Sent(string receiver, string subject, string body, AlertMessage message)
    {
        AlertWords words = AlertComposer.Render(subject, body, message, Markup.All.Single(m => m.Name == receiver));
        return receiver switch
        {
            "discord" => $"|{DiscordText.Content(message, words)}|{words.Fault}",
            "slack" => $"{Markup.Slack.Escape(words.Subject)}|{PlainText.Truncate(words.Body, SlackSender.Limit)}|{words.Fault}",
            "telegram" => $"|{Cut.Together(words, Markup.Telegram, TelegramSender.Limit)}|{words.Fault}",
            _ => $"{words.Subject}|{words.Body}|{words.Fault}",
        };
    }

    private Task<string[]> AskAsync(IEnumerable<(string Source, string Markup)> cases) => RunAsync(
        cases.Select(c => new object?[] { c.Source, c.Markup }),
        """
        q => {
          const at = f => `${f.line}:${f.column}:${f.words}`;
          const read = Templates.parse(q[0]);
          if (read.fault !== undefined) return at(read.fault);
          const done = Templates.render(read.template, QU.samples.http.down.values, QU.markups[q[1]], Templates.budget());
          return done.fault !== undefined ? at(done.fault) : done.text;
        }
        """);

    private async Task<string[]> RunAsync(IEnumerable<object?[]> questions, string answer)
    {
        string? engine = s_engines.FirstOrDefault(File.Exists);
        if (engine is null)
            Assert.Skip("needs chromium or node");
        string page = TemplateBuilder.Html();
        int start = page.IndexOf("<script>", StringComparison.Ordinal) + 8;
        string script = page[start..page.IndexOf("</script>", start, StringComparison.Ordinal)]
            + $"\nconst answers = JSON.stringify({JsonSerializer.Serialize(questions)}.map({answer}));\n"
            // In ASCII: neither a page nor a pipe can change it.
            + "const ascii = answers.replace(/[^ -%'-;=?-~]/g, c => '\\\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'));\n";
        bool isNode = engine.EndsWith("node", StringComparison.Ordinal);
        string file = scratch[isNode ? "run.js" : "run.html"];
        await File.WriteAllTextAsync(
            file,
            isNode
                ? script + "process.stdout.write('<pre>' + ascii + '</pre>');"
                : $"<!doctype html><meta charset=utf-8><body><script>{script}\nconst pre = document.createElement('pre'); pre.textContent = ascii; document.body.replaceChildren(pre);</script>",
            new UTF8Encoding(false), TestContext.Current.CancellationToken);

        string output = await RunEngineAsync(engine, file);
        string text = output[(output.IndexOf("<pre>", StringComparison.Ordinal) + 5)..output.LastIndexOf("</pre>", StringComparison.Ordinal)];
        return JsonSerializer.Deserialize<string[]>(text)!;
    }

    private async Task<string> RunEngineAsync(string engine, string file)
    {
        ProcessStartInfo start = new(engine) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (!engine.EndsWith("node", StringComparison.Ordinal))
        {
            foreach (string flag in (string[])["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", $"--user-data-dir={scratch["profile"]}"])
                start.ArgumentList.Add(flag);
            file = "file://" + file;
        }

        start.ArgumentList.Add(file);
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(output.Contains("<pre", StringComparison.Ordinal), $"{engine} says nothing: {await errors}");
        return output;
    }
}
