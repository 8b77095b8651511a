namespace Uptrakit.Tests.Alerts.Templates;

/// <summary>A template, and what it becomes with the first sample: a text, or a fault as line, column and words.</summary>
internal sealed record TemplateCase(string Source, string Expected, string Markup = "plain")
{
    /// <summary>Run against the daemon's interpreter and the one in the page of `qu builder`.</summary>
    internal static IReadOnlyList<TemplateCase> All { get; } =
    [
        new("", ""),
        new("no tags at all { } }} {", "no tags at all { } }} {"),
        new("{{ check.name }}", "shop"),
        new("{{check.name}} {{ check.type}}", "shop http"),
        new("{{ verb }} {{ verb_lower }} {{ from }} {{ to }}", "DOWN down up down"),
        new("{{ snapshot.ok_count }}/{{ snapshot.total }} {{ snapshot.not_ok }}", "1/3 2"),
        new("{{ snapshot.reports }} {{ check.tags }}", "3 prod, web"),
        new("{{ lasted }} {{ lasted_seconds }} {{ kind }}[{{ member }}][{{ ack.by }}]", "1h 2m 3723 transition[][]"),
        new("{{ \"a\\\"b\\n\\t\\\\\" }}{{ 'it\\'s' }}{{ 12 }}{{ true }}", "a\"b\n\t\\it's12true"),
        new("{{ \"}}\" }}", "}}"),
        new("a\r\nb", "a\nb"),

        new("{{ if verb == \"DOWN\" }}bad{{ else }}good{{ end }}", "bad"),
        new("{{ if verb == \"UP\" }}1{{ else if to == \"down\" }}2{{ else }}3{{ end }}", "2"),
        new("{{ if ack.by }}1{{ else if member }}2{{ else }}3{{ end }}", "3"),
        new("{{ if snapshot.not_ok > 1 and snapshot.ok_count < 2 }}y{{ end }}", "y"),
        new("{{ if not ack.by and (member or check.tags) }}y{{ end }}", "y"),
        new("{{ if check.name | upper == 'SHOP' }}y{{ end }}", "y"),
        new("{{ 9 < 10 }}{{ \"9\" < \"10\" }}{{ \"9\" < \"10a\" }}{{ 3 != 3 }}{{ 3 >= 3 }}{{ \"b\" > \"a\" }}", "truetruefalsefalsetruetrue"),
        new("{{ \"01\" == 1 }}{{ true == \"true\" }}{{ \"\" == 0 }}", "truetruefalse"),
        new("{{ member or check.name }} {{ check.name and verb }}", "shop DOWN"),
        new("{{ not not 0 }}", "false"),

        new("{{ for r in snapshot.reports }}{{ r.node | truncate 4 }}:{{ r.ok }}:{{ r.latency_ms }};{{ end }}",
            "0b5…:true:20;7c1…:false:27;f0a…:false:34;"),
        new("{{ for t in check.tags }}#{{ t }} {{ end }}", "#prod #web "),
        new("{{ for t in check.tags }}{{ for r in snapshot.reports }}{{ if r.ok }}{{ t }}{{ end }}{{ end }}{{ end }}", "prodweb"),
        new("Seen:\n{{ for r in snapshot.reports }}\n{{ if not r.ok }}\n- {{ r.detail }}\n{{ end }}\n{{ end }}\nend",
            "Seen:\n- HTTP 503, expected 2xx\n- HTTP 503, expected 2xx\nend"),
        new("a\n  {{ if true }}  \nb\n{{ end }}", "a\nb\n"),
        new("a {{ if true }}\nb\n{{ end }} c", "a \nb\n c"),
        new("{{ if true }}{{ end }}\nx", "\nx"),
        new("{{ # a note }}\nx{{ # \"not a quote }}y", "xy"),
        new("a  {{- verb -}}  \n b", "aDOWNb"),
        new("{{- \"x\" }}", "x"),
        new("{{ \"x\" -}}", "x"),

        new("{{ check.name | upper | lower }}", "shop"),
        new("{{ \"straße ÄÖÜ ñ ß ı İ ǅ ﬁ ᾳ 🙂\" | upper }}", "STRAßE ÄÖÜ Ñ ß ı İ Ǆ ﬁ ᾳ 🙂"),
        new("{{ \"STRAẞE ÀÇÉ İ ΟΔΟΣ\" | lower }}", "straße àçé İ οδοσ"),
        new("[{{ \" \\t x \\n\" | trim }}]", "[x]"),
        new("{{ \"🙂🙂\" | truncate 2 }}{{ \"🙂🙂\" | truncate 4 }}{{ \"abc\" | truncate 1 }}", "…🙂🙂…"),
        new("{{ member | default \"nobody\" }}{{ 0 | default 'none' }}{{ check.name | default \"x\" }}", "nobodynoneshop"),
        new("{{ \"a.b.c\" | replace \".\" \"--\" }}{{ \"aaa\" | replace 'aa' 'b' }}", "a--b--cba"),
        new("{{ check.tags | join ' + ' }}{{ check.name | join '-' }}", "prod + webshop"),
        new("{{ when | date \"yyyy-MM-dd HH:mm:ss\" }}", "2026-01-02 03:04:05"),
        new("{{ when | date \"ddd dd MMM\" \"-05:30\" }} {{ when | date 'HH:mm' \"+02:00\" }}", "Thu 01 Jan 05:04"),
        new("{{ \"2024-02-29T00:00:00Z\" | date \"dd.MM.\" }} {{ \"2023-02-29T00:00:00Z\" | date \"dd\" }} {{ verb | date \"dd\" }}",
            "29.02. 2023-02-29T00:00:00Z DOWN"),
        new("{{ \"2024-13-01T00:00:00Z\" | date \"dd\" }}{{ \"2024-01-01T24:00:00Z\" | date \"dd\" }}", "2024-13-01T00:00:00Z2024-01-01T24:00:00Z"),
        new("{{ lasted_seconds | duration }} {{ 0 | duration }} {{ 59 | duration }} {{ 90061 | duration }} {{ 86461 | duration }} {{ verb | duration }}",
            "1h 2m 0s 59s 1d 1h 1d DOWN"),
        new("{{ check.tags | size }}{{ snapshot.reports | size }}{{ check.name | size }}{{ \"🙂\" | size }}", "2342"),
        new("{{ snapshot.detail | replace \"HTTP\" \"\" | trim | truncate 6 | upper }}", "503, …"),

        new("**{{ \"*b* @everyone <@1> `x` [a](b)\" }}**", "**\\*b\\* @everyone \\<@1\\> 'x' \\[a\\]\\(b\\)**", "discord"),
        new("{{ \"a`b\" }}{{ member }}", "`a'b`-", "discord-code"),
        new("<{{ \"<!channel> & @here `\" }}>", "<&lt;!channel&gt; &amp; @\u2060here '>", "slack"),
        new("@a {{ \"@b\" }}", "@a @\u2060b", "telegram"),

        new("{{ check.nme }}", "1:4:'check.nme' is not known; did you mean check.name, check.type, check.target, check.id, check.tags, check.group?"),
        new("{{ name }}", "1:4:'name' is not known; did you mean check.name?"),
        new("{{ check }}", "1:4:'check' is a group; write one of check.name, check.type, check.target, check.id, check.tags, check.group"),
        new("{{ env }}", "1:4:'env' is not known"),
        new("{{ verb.Length }}", "1:4:'verb.Length' is not known"),
        new("{{ .Check.Name }}", "1:4:names are written without a dot in front: check.name"),
        new("{{ check.name.GetType }}", "1:4:'check.name.GetType' is not known; did you mean check.name, check.type, check.target, check.id, check.tags, check.group?"),
        new("a\nb {{ if verb }}", "2:6:this block has no {{ end }}"),
        new("{{ end }}", "1:4:there is no block that this 'end' could belong to"),
        new("x {{ else }}", "1:6:there is no block that this 'else' could belong to"),
        new("{{ if 1 }}{{ else }}{{ else }}{{ end }}", "1:24:after 'else' only 'end' may come"),
        new("{{ if }}{{ end }}", "1:7:a name, a number or a text in quotes is missing here"),
        new("{{ }}", "1:3:the tag is empty"),
        new("{{ verb", "1:1:the tag does not end with }}"),
        new("{{ \"verb }}", "1:1:the text in quotes does not end"),
        new("{{ \"a\\x\" }}", "1:6:a backslash stands before n, t, a quote or a backslash"),
        new("{{ verb verb }}", "1:9:'verb' has no meaning here"),
        new("{{ 1234567890 }}", "1:4:the number has more than 9 digits"),
        new("{{ verb; 1 }}", "1:8:this character has no meaning here"),
        new("{{ verb | shout }}",
            "1:11:there is no filter 'shout'; upper, lower, trim, truncate, default, replace, join, date, duration, size are known"),
        new("{{ verb | truncate }}", "1:11:'truncate' is written | truncate 100"),
        new("{{ verb | truncate 0 }}", "1:11:'truncate' takes a number from 1 to 8192"),
        new("{{ verb | upper 1 }}", "1:11:'upper' takes nothing after it"),
        new("{{ verb | replace '' 'x' }}", "1:11:'replace' needs something to look for"),
        new("{{ verb | }}", "1:11:the name of a filter is missing after |"),
        new("{{ when | date 'HH' 'CET' }}", "1:11:an offset is written \"+02:00\" or \"-05:30\""),
        new("{{ (verb }}", "1:4:this parenthesis is not closed"),
        new("{{ for in check.tags }}{{ end }}", "1:8:'in' is taken; choose another name"),
        new("{{ for check in check.tags }}{{ end }}", "1:8:'check' is taken; choose another name"),
        new("{{ for x in verb }}{{ end }}", "1:13:'verb' is not a list; check.tags and snapshot.reports are"),
        new("{{ for x of check.tags }}{{ end }}", "1:10:write {{ for r in snapshot.reports }}"),
        new("{{ for x in check.tags }}{{ x.y }}{{ end }}", "1:29:'x.y' is not known; an item of check.tags is a text"),
        new("{{ for x in snapshot.reports }}{{ x }}{{ end }}", "1:35:'x' is not known; x has node, ok, detail, latency_ms"),
        new("{{ for x in check.tags }}{{ else }}{{ end }}", "1:29:a 'for' has no 'else'"),
        new("{{ for x in check.tags }}{{ end }}{{ x }}", "1:38:'x' is not known"),
        new(string.Concat(Enumerable.Repeat("{{ if 1 }}", 17)), "1:164:blocks and parentheses are more than 16 deep"),
        new("{{ " + new string('(', 17) + "1" + new string(')', 17) + " }}", "1:20:blocks and parentheses are more than 16 deep"),
        new(new string('x', 8193), "1:1:the template has 8193 characters; at most 8192 are allowed"),

        new(new string('ä', 4096), new string('ä', 4096)),
        new(new string('ä', 4095) + "\n{{ \"äb\" }}", "2:4:subject and body grow over 8192 bytes"),
        new(Doubling(12), "1:134:subject and body grow over 8192 bytes"),
        new("{{ \"" + new string('a', 200) + "\" | replace 'a' '" + new string('b', 100) + "' }}",
            "1:209:the text grows over 8192 characters"),
        new(Nested(8), "1:260:the template takes more than 10000 steps"),
    ];

    // Each loop runs three times: 3^n of a body.
    private static string Nested(int loops) =>
        string.Concat(Enumerable.Range(0, loops).Select(i => $"{{{{ for r{i} in snapshot.reports }}}}"))
        + "{{ if 0 }}{{ end }}" + string.Concat(Enumerable.Repeat("{{ end }}", loops));

    private static string Doubling(int loops) =>
        string.Concat(Enumerable.Range(0, 5).Select(i => $"{{{{ for x{i} in check.tags }}}}"))
        + "{{ \"" + new string('z', 500) + "\" }}" + string.Concat(Enumerable.Repeat("{{ end }}", 5)) + new string(' ', loops);
}
