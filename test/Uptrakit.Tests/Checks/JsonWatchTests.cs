using System.Text;
using Uptrakit.Quorum.Checks.Web;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Checks;

public sealed class JsonWatchTests
{
    private const string Text = """
        {"status":"up","count":3.0,"deep":{"list":[1,[10,20,{"x":true}],null]},"odd name":{"a.b":"c"},
         "items":[{"ok":true,"n":1},{"ok":true,"n":5},{"n":7}],"empty":[],"big":"größe 🙂","nothing":null}
        """;

    [Theory]
    [InlineData("$.status", "==", "up", null)]
    [InlineData("$.status", "!=", "down", null)]
    [InlineData("$.status", "==", "down", "$.status is 'up', expected == down")]
    [InlineData("$.status", "contains", "u", null)]
    [InlineData("$.status", "matches", "^u.$", null)]
    [InlineData("$.status", "matches", "^x", "$.status is 'up', expected matches ^x")]
    [InlineData("$.count", "==", "3", null)]
    [InlineData("$.count", ">=", "3", null)]
    [InlineData("$.count", ">", "3", "$.count is '3.0', expected > 3")]
    [InlineData("$.count", "<", "3.5", null)]
    [InlineData("$.count", "<=", "2", "$.count is '3.0', expected <= 2")]
    [InlineData("$.status", ">", "1", "$.status is 'up', expected > 1")]
    [InlineData("$.deep.list[0]", "==", "1", null)]
    [InlineData("$.deep.list[1][1]", "==", "20", null)]
    [InlineData("$.deep.list[1][2].x", "==", "true", null)]
    [InlineData("$.deep.list[1][*]", "exists", "", null)]
    [InlineData("$.deep.list[2]", "==", "null", null)]
    [InlineData("$.deep.list[3]", "exists", "", "$.deep.list[3] is not there")]
    [InlineData("$.deep.list", "==", "x", "$.deep.list is not a single value, expected == x")]
    [InlineData("$['odd name']['a.b']", "==", "c", null)]
    [InlineData("$[\"odd name\"].a.b", "exists", "", "$[\"odd name\"].a.b is not there")]
    [InlineData("$.items[*].ok", "==", "true", null)]
    [InlineData("$.items[*].n", "<", "6", "$.items[*].n is '7', expected < 6")]
    [InlineData("$.items[1].n", "==", "5", null)]
    [InlineData("$.items.n", "exists", "", "$.items.n is not there")]
    [InlineData("$.empty[*]", "exists", "", "$.empty[*] is not there")]
    [InlineData("$.big", "contains", "🙂", null)]
    [InlineData("$", "exists", "", null)]
    [InlineData("$.n", "exists", "", "$.n is not there")]
    public void Condition_OverAText_Decides(string path, string op, string value, string? fault) =>
        Assert.Equal(fault, FaultOf(Text, int.MaxValue, (path, op, value)));

    [Fact]
    public void Text_CutAnywhere_IsJudgedTheSame()
    {
        (string, string, string)[] rules =
            [("$.items[*].n", "<", "8"), ("$.big", "==", "größe 🙂"), ("$.deep.list[1][2].x", "==", "true"), ("$.nothing", "==", "null")];
        for (int size = 1; size < 300; size++)
            Assert.Null(FaultOf(Text, size, rules));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"a\":1,}")]
    [InlineData("{\"a\":1} x")]
    [InlineData("{\"a\"")]
    [InlineData("<html>")]
    public void Text_ThatIsNotJson_IsAFault(string text) =>
        Assert.StartsWith("the body is not JSON", FaultOf(text, int.MaxValue, ("$.a", "exists", "")), StringComparison.Ordinal);

    [Fact]
    public void Text_WithHalfASurrogatePair_IsNoValue() =>
        Assert.StartsWith("$.a is not a single value", FaultOf("{\"a\":\"\\ud800\"}", int.MaxValue, ("$.a", "==", "x")), StringComparison.Ordinal);

    [Theory]
    [InlineData("status")]
    [InlineData("$.")]
    [InlineData("$..a")]
    [InlineData("$[")]
    [InlineData("$[-1]")]
    [InlineData("$[1")]
    [InlineData("$['a")]
    [InlineData("$x")]
    [InlineData("$[99999999999]")]
    public void Path_ThatIsNone_IsRefused(string path) => Assert.False(JsonPath.TryParse(path, out _, out _));

    [Fact]
    public void Path_OfAnyCharacters_NeverThrows() => CsCheck.Check.Sample(
        CsCheck.Gen.String[CsCheck.Gen.Char["$.['\"]*0a"], 0, 20],
        text => JsonPath.TryParse("$" + text, out _, out string fault) || fault.Length > 0);

    private static string? FaultOf(string text, int size, params (string Path, string Op, string Value)[] conditions)
    {
        List<JsonRule> rules = [];
        foreach ((string path, string op, string value) in conditions)
        {
            Assert.True(JsonRule.TryParse(new JsonCondition { Path = path, Op = op, Value = value }, out JsonRule? rule, out string fault), fault);
            rules.Add(rule);
        }

        JsonWatch watch = new([.. rules], TimeProvider.System);
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int from = 0;
        int end = 0;
        while (true)
        {
            end = Math.Min(bytes.Length, end + Math.Min(size, bytes.Length));
            from += watch.Take(bytes.AsSpan(from, end - from), end == bytes.Length);
            if (end == bytes.Length || watch.Fault is not null)
                return watch.Fault;
        }
    }
}
