using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Uptrakit.Quorum.Checks;

/// <summary>When each check is due. Times count from the start of the prober.</summary>
/// <remarks>
/// A check's place within its interval is a hash of check and node: checks spread over the interval, nodes look at one check
/// at different moments, and a restart changes neither. Not thread-safe.
/// </remarks>
internal sealed class ProbeSchedule(string nodeId)
{
    private readonly PriorityQueue<(ProbeSlot Slot, int Entry), long> heap = new();
    private int living;

    /// <summary>When the next check is due; null when there is none.</summary>
    internal TimeSpan? Next
    {
        get
        {
            DropDead();
            return heap.TryPeek(out _, out long due) ? new TimeSpan(due) : null;
        }
    }

    internal void Add(ProbeSlot slot, TimeSpan now)
    {
        living++;
        Enqueue(slot, now);
    }

    /// <summary>Gives the slot one turn before its regular one. It comes in place of the regular one where that is sooner.</summary>
    internal void Hasten(ProbeSlot slot, TimeSpan now, TimeSpan after)
    {
        TimeSpan regular = DueAfter(now, slot.Id, nodeId, CheckTimes.Pace(slot.Check!));
        TimeSpan wanted = now + after;
        heap.Enqueue((slot, ++slot.ScheduleEntry), (wanted < regular ? wanted : regular).Ticks);
    }

    /// <summary>The slot's entry stays in the heap, dead, until it comes up or there are too many of them.</summary>
    internal void Remove(ProbeSlot slot)
    {
        living--;
        slot.ScheduleEntry++;
        if (heap.Count <= (2 * living) + 64)
            return;

        (ProbeSlot Slot, int Entry, long Due)[] alive =
            [.. heap.UnorderedItems.Where(i => IsAlive(i.Element)).Select(i => (i.Element.Slot, i.Element.Entry, i.Priority))];
        heap.Clear();
        foreach ((ProbeSlot other, int entry, long due) in alive)
            heap.Enqueue((other, entry), due);
    }

    /// <summary>Takes the next slot that is due and schedules its next turn. Turns that were missed are not made up for.</summary>
    internal bool TryTakeDue(TimeSpan now, out ProbeSlot slot)
    {
        DropDead();
        if (!heap.TryPeek(out (ProbeSlot Slot, int Entry) first, out long due) || due > now.Ticks)
        {
            slot = null!;
            return false;
        }

        slot = first.Slot;
        heap.Dequeue();
        Enqueue(slot, now);
        return true;
    }

    /// <summary>The moment after <paramref name="now"/> at which the check has its turn.</summary>
    internal static TimeSpan DueAfter(TimeSpan now, string checkId, string nodeId, TimeSpan interval)
    {
        long phase = (long)(Hash(checkId, nodeId) % (ulong)interval.Ticks);
        long since = (now.Ticks - phase) % interval.Ticks;
        return new TimeSpan(now.Ticks - (since < 0 ? since + interval.Ticks : since) + interval.Ticks);
    }

    private static ulong Hash(string checkId, string nodeId)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{checkId}/{nodeId}"), digest);
        return BinaryPrimitives.ReadUInt64LittleEndian(digest);
    }

    private static bool IsAlive((ProbeSlot Slot, int Entry) item) => item.Slot.ScheduleEntry == item.Entry;

    private void Enqueue(ProbeSlot slot, TimeSpan now)
    {
        TimeSpan due = DueAfter(now, slot.Id, nodeId, CheckTimes.Pace(slot.Check!));
        heap.Enqueue((slot, ++slot.ScheduleEntry), due.Ticks);
    }

    private void DropDead()
    {
        while (heap.TryPeek(out (ProbeSlot Slot, int Entry) first, out _) && !IsAlive(first))
            heap.Dequeue();
    }
}
