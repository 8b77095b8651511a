using System.Buffers;

namespace Uptrakit.Quorum.Checks.Web;

/// <summary>Reads the body of an answer as far as a check has something to ask of it.</summary>
internal sealed class BodyJudge(HttpPlan plan, TimeProvider clock)
{
    /// <summary>Read at most: a body may be endless.</summary>
    internal const int Limit = 1024 * 1024;

    private const int Chunk = 16 * 1024;
    private const int ValueLimit = 64 * 1024;

    private readonly JsonWatch? json = plan.Json.Length > 0 ? new JsonWatch(plan.Json, clock) : null;
    private bool matched = plan.Match is null;
    private byte[] buffer = [];
    private int held;
    private int jsonFrom;

    /// <summary>Null when the body is as it must be.</summary>
    internal async ValueTask<string?> FaultOfAsync(HttpAnswerStream answer, CancellationToken cancel)
    {
        buffer = ArrayPool<byte>.Shared.Rent(Chunk);
        try
        {
            int total = 0;
            bool ended = false;
            while (!ended && total < Limit)
            {
                if (!MakeRoom())
                    return $"the JSON body has a value longer than {ValueLimit / 1024} KiB";
                int room = Math.Min(Math.Min(Chunk, buffer.Length - held), Limit - total);
                int read = await answer.ReadBodyAsync(buffer.AsMemory(held, room), cancel);
                ended = read == 0;
                held += read;
                if (Take(total == 0, ended) is { } fault)
                    return fault;
                total += read;
                if (matched && plan.NotMatch is null && json is null)
                    return null;
            }

            if (!ended && json is not null)
                return $"the body is longer than {Limit / 1024 / 1024} MiB, and JSON conditions need all of it";
            return matched ? null : "the body does not hold the expected text";
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // What is kept between reads: a match may lie across two of them, and so may a JSON value.
    private bool MakeRoom()
    {
        int overlap = Math.Max(plan.Match?.Length ?? 1, plan.NotMatch?.Length ?? 1) - 1;
        int value = json is null ? 0 : held - jsonFrom;
        if (value > ValueLimit)
            return false;

        int kept = Math.Min(held, Math.Max(overlap, value));
        int dropped = held - kept;
        byte[] from = buffer;
        if (kept + Chunk > buffer.Length)
            buffer = ArrayPool<byte>.Shared.Rent(kept + Chunk);
        from.AsSpan(dropped, kept).CopyTo(buffer);
        if (!ReferenceEquals(from, buffer))
            ArrayPool<byte>.Shared.Return(from);
        held = kept;
        jsonFrom -= dropped;
        return true;
    }

    private string? Take(bool isFirst, bool isLast)
    {
        ReadOnlySpan<byte> all = buffer.AsSpan(0, held);
        matched = matched || all.IndexOf(plan.Match) >= 0;
        if (plan.NotMatch is { } unwanted && all.IndexOf(unwanted) >= 0)
            return "the body holds the text that it must not hold";
        if (json is null)
            return null;

        // RFC 8259, 8.1: a byte order mark may be ignored. It comes in one piece, or the body is not JSON.
        if (isFirst && all.StartsWith("\uFEFF"u8))
            jsonFrom = 3;
        jsonFrom += json.Take(all[jsonFrom..], isLast);
        return json.Fault;
    }
}
