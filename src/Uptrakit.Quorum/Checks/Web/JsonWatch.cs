using System.Text;
using System.Text.Json;

namespace Uptrakit.Quorum.Checks.Web;

/// <summary>Asks rules about a JSON text while it arrives.</summary>
/// <remarks>
/// The text is never held as a whole, and no tree is made of it: what a target sends costs the same whether it is a status page
/// or a bomb. A rule whose path leads to several values holds when all of them are as they must be.
/// </remarks>
internal sealed class JsonWatch
{
    /// <summary>One bit each.</summary>
    internal const int RuleLimit = 32;

    private const int DepthLimit = 64;

    // Matches of one probe together: with [*] a rule may be asked a hundred thousand times.
    private static readonly TimeSpan s_ruleTime = TimeSpan.FromMilliseconds(500);

    private readonly JsonRule[] rules;
    private readonly TimeProvider clock;
    private readonly uint all;

    // For each open container: the rules whose path leads to it, the number of values that an array has had, or -1.
    private readonly uint[] leading = new uint[DepthLimit + 1];
    private readonly int[] counts = new int[DepthLimit + 1];
    private JsonReaderState state = new(new JsonReaderOptions { MaxDepth = DepthLimit });
    private int depth;
    private uint next;
    private uint found;
    private TimeSpan spent;

    internal JsonWatch(JsonRule[] rules, TimeProvider clock)
    {
        this.rules = rules;
        this.clock = clock;
        all = rules.Length == RuleLimit ? uint.MaxValue : (1u << rules.Length) - 1;
        next = all;
    }

    /// <summary>The first rule that does not hold, in words.</summary>
    internal string? Fault { get; private set; }

    /// <summary>Takes what has arrived.</summary>
    /// <returns>How much of it was used; the rest is the beginning of a value and must come again with what follows it.</returns>
    internal int Take(ReadOnlySpan<byte> bytes, bool isLast)
    {
        Utf8JsonReader reader = new(bytes, isLast, state);
        try
        {
            while (Fault is null && reader.Read())
                Step(ref reader);
        }
        catch (JsonException wrong)
        {
            Fault ??= $"the body is not JSON (line {wrong.LineNumber + 1}, byte {wrong.BytePositionInLine + 1})";
        }

        state = reader.CurrentState;
        if (isLast)
            Fault ??= Missing();
        return (int)reader.BytesConsumed;
    }

    private string? Missing()
    {
        for (int i = 0; i < rules.Length; i++)
        {
            if ((found & (1u << i)) == 0)
                return $"{rules[i].Path} is not there";
        }

        return null;
    }

    private void Step(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                next = Named(ref reader);
                break;
            case JsonTokenType.StartObject:
            case JsonTokenType.StartArray:
                Enter(ref reader);
                break;
            case JsonTokenType.EndObject:
            case JsonTokenType.EndArray:
                depth--;
                break;
            default:
                Ask(Arrived(), ref reader);
                break;
        }
    }

    private void Enter(ref Utf8JsonReader reader)
    {
        uint here = Arrived();
        Ask(here, ref reader);
        depth++;
        leading[depth] = here;
        counts[depth] = reader.TokenType == JsonTokenType.StartArray ? 0 : -1;
    }

    // The rules that lead to the value that begins here.
    private uint Arrived()
    {
        if (depth == 0 || counts[depth] < 0)
            return next;

        int index = counts[depth]++;
        uint here = 0;
        for (uint rest = leading[depth]; rest != 0; rest &= rest - 1)
        {
            int rule = System.Numerics.BitOperations.TrailingZeroCount(rest);
            if (rules[rule].Steps.Length >= depth && rules[rule].Steps[depth - 1].LeadsTo(index))
                here |= 1u << rule;
        }

        return here;
    }

    private uint Named(ref Utf8JsonReader reader)
    {
        uint here = 0;
        for (uint rest = leading[depth]; rest != 0; rest &= rest - 1)
        {
            int rule = System.Numerics.BitOperations.TrailingZeroCount(rest);
            if (rules[rule].Steps.Length >= depth && rules[rule].Steps[depth - 1].LeadsTo(ref reader))
                here |= 1u << rule;
        }

        return here;
    }

    private void Ask(uint here, ref Utf8JsonReader reader)
    {
        JsonValue? value = null;
        for (uint rest = here; rest != 0 && Fault is null; rest &= rest - 1)
        {
            int rule = System.Numerics.BitOperations.TrailingZeroCount(rest);
            if (rules[rule].Steps.Length != depth)
                continue;
            found |= 1u << rule;
            value ??= ValueOf(ref reader);
            long begin = clock.GetTimestamp();
            Fault = rules[rule].FaultOf(value.Value);
            spent += clock.GetElapsedTime(begin);
            if (spent > s_ruleTime)
                Fault ??= "the JSON conditions took too long over this body";
        }
    }

    private static JsonValue ValueOf(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            return new JsonValue("", null, false);
        string text;
        try
        {
            text = reader.TokenType == JsonTokenType.String ? reader.GetString() ?? "" : Encoding.UTF8.GetString(reader.ValueSpan);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, or bytes that are not UTF-8.
            return new JsonValue("", null, false);
        }

        return new JsonValue(text, JsonRule.NumberOf(text), true);
    }
}
