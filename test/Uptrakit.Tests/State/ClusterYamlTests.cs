using System.Diagnostics;
using CsCheck;
using Uptrakit.Quorum.State;
using Check = Uptrakit.Quorum.State.Check;

namespace Uptrakit.Tests.State;

public sealed class ClusterYamlTests
{
    [Fact]
    public void Render_Example_ReadsAsDocumented()
    {
        string text = ClusterYaml.Render(Views.Example);

        Assert.Contains("\nversion: 7\nupdated_at: 2026-11-22T10:00:00.000Z\nupdated_by: 0f8fad5b-d9cb-469f-a165-70867728950e\n",
            text, StringComparison.Ordinal);
        Assert.Contains(
            """
            checks:
              - id: c-000000000001
                name: web
                type: http
                enabled: true
                target: https://example.com/
                interval: 30s
                timeout: 10s
                expect: 204
                alerts: [a-000000000001]
            """, text, StringComparison.Ordinal);
        Assert.Contains("  - node_id: 0f8fad5b-d9cb-469f-a165-70867728950e\n    advertise: a.example:9901\n    role: voter\n"
            + "    fingerprint: sha256:" + new string('a', 64), text, StringComparison.Ordinal);
        Assert.Contains("    cert_pem: |\n      -----BEGIN CERTIFICATE-----\n", text, StringComparison.Ordinal);
        Assert.Contains("      node_id: 1f8fad5b-d9cb-469f-a165-70867728950e\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_AnyState_ComesBackWithoutDifference() => Views.Any.Sample(view =>
    {
        ApplyEdit change = Diff(view, ClusterYaml.Render(view));
        Assert.Equal(new ApplyEdit { BaseVersion = view.Version }, change);
    }, iter: 300);

    [Theory]
    [InlineData("yes")]
    [InlineData("NO")]
    [InlineData("on")]
    [InlineData("null")]
    [InlineData("~")]
    [InlineData("1e3")]
    [InlineData("0x1f")]
    [InlineData("12:30")]
    [InlineData("2026-11-22")]
    [InlineData(" leading and trailing ")]
    [InlineData("a: b")]
    [InlineData("a #b")]
    [InlineData("#a")]
    [InlineData("- a")]
    [InlineData("&a *b !c %d @e `f")]
    [InlineData("a\nb\r\nc\td")]
    [InlineData("a\u0085b\u2028c\uFEFFd\0e\u007F")]
    [InlineData("\"quoted\" 'single' \\back")]
    [InlineData("日本語 👩‍🚀")]
    [InlineData("[a, b]")]
    [InlineData("{a: b}")]
    [InlineData("a,b")]
    [InlineData("---")]
    [InlineData("...")]
    [InlineData("")]
    public void Render_TrickyText_SurvivesAsScalarAndInLists(string text)
    {
        Check check = new() { Id = "c-000000000001", Name = text, Type = CheckType.Http, Target = text, BodyMatch = text };
        check.AlertIds.Add([text, text]);
        ClusterView view = Views.Empty with { Checks = [check] };

        ClusterEdit edit = Parse(ClusterYaml.Render(view));

        Check read = edit.Checks[0].Value;
        Assert.Equal((text, text, text), (read.Name, read.Target, read.BodyMatch));
        Assert.Equal([text, text], read.AlertIds);
    }

    [Fact]
    public void Render_AnyText_Survives() => Views.Text.Sample(text =>
    {
        Check check = new() { Id = "c-000000000001", Name = text, Type = CheckType.Http };
        Assert.Equal(text, Parse(ClusterYaml.Render(Views.Empty with { Checks = [check] })).Checks[0].Value.Name);
    }, iter: 2000);

    [Fact]
    public void Diff_AnyEdit_NamesExactlyWhatChanged() => Gen.Select(Views.Any, Gen.Int[0, 20], Gen.Int[0, 20]).Sample((view, a, b) =>
    {
        if (view.Checks.Count < 2)
            return;
        Check removed = view.Checks[a % view.Checks.Count];
        Check changed = view.Checks[b % view.Checks.Count].Clone();
        changed.IntervalMs = changed.IntervalMs == 77_000 ? 78_000 : 77_000;
        Check added = new()
        {
            Name = "quite new", Type = CheckType.Tcp, Enabled = true, Target = "a:1", IntervalMs = 30_000, TimeoutMs = 10_000,
        };
        List<Check> edited = [.. view.Checks.Select(check => check.Id == changed.Id ? changed : check), added];
        edited.RemoveAll(check => check.Id == removed.Id);

        ApplyEdit change = Diff(view, ClusterYaml.Render(view with { Checks = edited, Resolvers = ["9.9.9.9"] }));

        Assert.Equal(new RemoveById { Id = removed.Id, ExpectedChangedIn = removed.ChangedIn }, Assert.Single(change.RemoveChecks));
        Assert.Equal(removed.Id == changed.Id ? 1 : 2, change.PutChecks.Count);
        PutCheck put = change.PutChecks[^1];
        Assert.Equal(("", 0L, added.Name), (put.Check.Id, put.ExpectedChangedIn, put.Check.Name));
        if (removed.Id != changed.Id)
            Assert.Equal((changed.Id, changed.ChangedIn), (change.PutChecks[0].Check.Id, change.PutChecks[0].ExpectedChangedIn));
        Assert.Empty(change.PutAlerts);
        Assert.Empty(change.RemoveAlerts);
        Assert.Equal(["9.9.9.9"], change.SetResolvers.Resolvers);
    }, iter: 300);

    [Theory]
    [InlineData("    name: web\n", "    nmae: web\n", "'nmae' is not a known field; did you mean 'name'?")]
    [InlineData("    name: web\n", "    name: web\n    name: web2\n", "'name' is there twice")]
    [InlineData("    name: web\n", "    name: [a]\n", "name: expected text, found a list")]
    [InlineData("    name: web\n", "    name:\n", "name: has no value")]
    [InlineData("    name: web\n", "    name: &x web\n", "anchors")]
    [InlineData("    name: web\n", "    name: [{a: b}, *x]\n", "aliases")]
    [InlineData("    name: web\n", "    name: !!str web\n", "tags")]
    [InlineData("    name: web\n", "    name: -web\n", "must not start with '-'")]
    [InlineData("    name: web\n", "    name: \"we\\nb\"\n", "invisible or control character")]
    [InlineData("    type: http\n", "    type: gopher\n", "type: 'gopher' is not known; http, tcp, icmp, tls, dns, push are allowed")]
    [InlineData("    interval: 30s\n", "    interval: 30\n", "interval: '30' is not a duration")]
    [InlineData("    interval: 30s\n", "    interval: 100ms\n", "interval: 100ms is out of range")]
    [InlineData("    expect: 204\n", "    expect: abc\n", "expect: 'abc' is not a list of HTTP statuses")]
    [InlineData("    expect: 204\n", "    expect: 99999999999\n", "expect: ")]
    [InlineData("    alerts: [a-000000000001]\n", "    alerts: [nobody]\n", "alerts: there is no alert 'nobody'")]
    [InlineData("  - id: c-000000000001\n", "  - id: c-0000000000ff\n", "there is no check 'c-0000000000ff'; leave the id out")]
    [InlineData("version: 7", "version: 6", "starts from version 6, not from 7")]
    [InlineData("version: 7", "version: -1", "expected a number")]
    [InlineData("updated_by: 0f8f", "updated_by: 1f8f", "updated_by: is written by the cluster")]
    [InlineData("resolvers: []\n", "", "'resolvers' is missing; write 'resolvers: []' for none")]
    [InlineData("resolvers: []\n", "resolvers:\n", "write 'resolvers: []' for none")]
    [InlineData("resolvers: []\n", "resolvers: [dns.example]\n", "'dns.example' is not a DNS server")]
    [InlineData("role: voter\n", "role: probe\n", "role: cannot be changed here; use 'qu node remove 0f8fad5b")]
    [InlineData("  - node_id: 0f8f", "  - node_id: 2f8f", "cannot be added here; use 'qu enroll create'")]
    [InlineData("auto_approve: false", "auto_approve: true", "use 'qu enroll revoke e-0000000000000001'")]
    [InlineData("checks:\n", "checks:\n  - 5\n", "expected an item with fields")]
    [InlineData("version: 7", "\tversion: 7", "not YAML")]
    [InlineData("version: 7", "version: 7\0", "control character U+0000")]
    [InlineData("checks:\n", "checks:\n  - {name: web, type: tcp, target: 'a:1'}\n", "another check of this file is called 'web'")]
    public void Edit_NotFine_SaysWhereAndWhat(string from, string to, string message)
    {
        string text = ClusterYaml.Render(Views.Example);
        Assert.Contains(from, text, StringComparison.Ordinal);

        IReadOnlyList<YamlFault> faults = Faults(Views.Example, text.Replace(from, to, StringComparison.Ordinal));

        Assert.Contains(faults, fault => fault.Message.Contains(message, StringComparison.Ordinal));
        Assert.All(faults.Where(fault => !fault.Message.Contains("is missing", StringComparison.Ordinal)), fault => Assert.True(fault.Line > 0));
    }

    [Fact]
    public void Parse_UnknownField_IsFoundAtItsLineAndColumn()
    {
        Assert.False(ClusterYaml.TryParse("version: 1\nresolvers: []\nalerts: []\nchecks:\n  - name: a\n    intervall: 5s\n",
            out _, out IReadOnlyList<YamlFault> faults));

        YamlFault fault = faults.Single(each => each.Message.Contains("intervall", StringComparison.Ordinal));
        Assert.Equal((6, 5), (fault.Line, fault.Column));
        Assert.Contains("did you mean 'interval'?", fault.ToString(), StringComparison.Ordinal);
        Assert.Equal(3, faults.Count);
    }

    [Fact]
    public void Diff_AlertByName_BecomesItsId()
    {
        string text = ClusterYaml.Render(Views.Example).Replace("alerts: [a-000000000001]", "alerts: [ops]", StringComparison.Ordinal);

        Assert.Equal(new ApplyEdit { BaseVersion = 7 }, Diff(Views.Example, text));
    }

    [Fact]
    public void Diff_AlertRemovedButNamed_IsRefused()
    {
        string text = ClusterYaml.Render(Views.Example with { Alerts = [] });

        Assert.Contains(Faults(Views.Example, text), fault => fault.Message.Contains("removed or renamed", StringComparison.Ordinal));
    }

    [Fact]
    public void Diff_NewAlertNamedInTheSameEdit_IsNamedByItsName()
    {
        Alert added = new() { Name = "pager", Type = AlertType.Webhook, Enabled = true, Url = "https://p/" };
        string text = ClusterYaml.Render(Views.Example with { Alerts = [.. Views.Example.Alerts, added] })
            .Replace("alerts: [a-000000000001]", "alerts: [pager]", StringComparison.Ordinal)
            .Replace("id: \"\"\n    ", "", StringComparison.Ordinal);

        ApplyEdit change = Diff(Views.Example, text);

        Assert.Equal(["pager"], Assert.Single(change.PutChecks).Check.AlertIds);
        Assert.Equal("pager", Assert.Single(change.PutAlerts).Alert.Name);
    }

    [Fact]
    public void Diff_IdLeftOut_IsFoundByName()
    {
        string text = ClusterYaml.Render(Views.Example)
            .Replace("id: c-000000000001\n    ", "", StringComparison.Ordinal)
            .Replace("interval: 30s", "interval: 1m", StringComparison.Ordinal);

        ApplyEdit change = Diff(Views.Example, text);

        Assert.Equal("c-000000000001", Assert.Single(change.PutChecks).Check.Id);
        Assert.Equal(4, change.PutChecks[0].ExpectedChangedIn);
        Assert.Empty(change.RemoveChecks);
    }

    [Fact]
    public void Diff_MachineSectionsLeftOutOrMovedOn_IsNoEdit()
    {
        ClusterView later = Views.Example with
        {
            Peers = [.. Views.Example.Peers.Select(peer => new Peer(peer) { Joined = true })],
            Enrollments = [.. Views.Example.Enrollments.Select(each => new PendingEnrollment(each) { Claim = null })],
        };

        Assert.Equal(new ApplyEdit { BaseVersion = 7 }, Diff(later, ClusterYaml.Render(Views.Example)));
        Assert.Equal(
            new ApplyEdit { BaseVersion = 7, RemoveChecks = { new RemoveById { Id = "c-000000000001", ExpectedChangedIn = 4 } } },
            Diff(later, "{version: 7, resolvers: [], checks: [], alerts: "
                + "[{id: a-000000000001, name: ops, type: webhook, default: true, url: 'https://ops.example/'}]}"));
    }

    [Fact]
    public void Parse_SecondDocumentOrDeepNesting_IsRefused()
    {
        Assert.False(ClusterYaml.TryParse("version: 1\n---\nversion: 2\n", out _, out _));
        Assert.False(ClusterYaml.TryParse(new string('[', 100_000), out _, out IReadOnlyList<YamlFault> faults));
        Assert.Contains("deep", Assert.Single(faults).Message, StringComparison.Ordinal);
        Assert.False(ClusterYaml.TryParse("", out _, out _));
        Assert.False(ClusterYaml.TryParse("# nothing\n", out _, out _));
        Assert.False(ClusterYaml.TryParse("hello", out _, out _));
    }

    [Fact]
    public void Parse_TooLarge_IsRefusedBeforeItIsRead()
    {
        Assert.False(ClusterYaml.TryParse(new string('ä', ClusterYaml.MaxBytes / 2 + 1), out _, out IReadOnlyList<YamlFault> faults));
        Assert.Contains("larger", Assert.Single(faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_DamagedText_NeverThrows()
    {
        string text = ClusterYaml.Render(Views.Example);
        Gen.Select(Gen.Int[0, text.Length - 1], Gen.Int[0, 40], Gen.String[Gen.Char[" \n:-[]{}\"'|>#&*!%@`?,~\t\\ab1"], 0, 12])
            .Sample((at, cut, put) =>
            {
                string damaged = text[..at] + put + text[Math.Min(text.Length, at + cut)..];
                if (ClusterYaml.TryParse(damaged, out ClusterEdit? edit, out IReadOnlyList<YamlFault> faults))
                    _ = ClusterYaml.TryDiff(Views.Example, edit!, out _, out _);
                else
                    Assert.NotEmpty(faults);
            }, iter: 3000);
    }

    [Fact]
    public void Render_TenThousandChecks_Works()
    {
        Check[] checks = [.. Enumerable.Range(0, 10_000).Select(i => new Check(Views.Example.Checks[0]) { Id = $"c-{i:x12}", Name = $"web {i}" })];
        ClusterView view = Views.Example with { Checks = checks };
        string text = ClusterYaml.Render(view);
        TimeSpan best = TimeSpan.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            long start = Stopwatch.GetTimestamp();
            text = ClusterYaml.Render(view);
            TimeSpan taken = Stopwatch.GetElapsedTime(start);
            best = taken < best ? taken : best;
        }

        long read = Stopwatch.GetTimestamp();
        ApplyEdit change = Diff(view, text);

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"rendered in {best.TotalMilliseconds:F0} ms, read and compared in {Stopwatch.GetElapsedTime(read).TotalMilliseconds:F0} ms");
        Assert.Equal(new ApplyEdit { BaseVersion = 7 }, change);
    }

    private static ClusterEdit Parse(string text)
    {
        Assert.True(ClusterYaml.TryParse(text, out ClusterEdit? edit, out IReadOnlyList<YamlFault> faults), string.Join('\n', faults) + text);
        return edit!;
    }

    private static ApplyEdit Diff(ClusterView view, string text)
    {
        Assert.True(ClusterYaml.TryDiff(view, Parse(text), out ApplyEdit? change, out IReadOnlyList<YamlFault> faults),
            string.Join('\n', faults) + text);
        return change!;
    }

    private static IReadOnlyList<YamlFault> Faults(ClusterView view, string text)
    {
        if (!ClusterYaml.TryParse(text, out ClusterEdit? edit, out IReadOnlyList<YamlFault> faults))
            return faults;
        Assert.False(ClusterYaml.TryDiff(view, edit!, out _, out faults));
        return faults;
    }
}
