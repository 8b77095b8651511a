using CsCheck;
using Uptrakit.Quorum.History;

namespace Uptrakit.Tests.History;

public sealed class SheetTests
{
    [Fact]
    public void Sheet_OfAnyTallies_ReadsAsItWasWritten() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 20_000_000]).Array[0, 30].Array[0, 64].Sample(slots =>
        {
            SheetWriter writer = new();
            ProbeTally[] tallies = [.. slots.Select(static results => TallyOf(results))];
            for (int i = 0; i < tallies.Length; i++)
                writer.Write(i, tallies[i]);

            SheetReader reader = new(writer.Written);
            ProbeTally read = new();
            for (int i = 0; i < tallies.Length; i++)
            {
                Assert.Equal(i, reader.ReadSlot());
                Assert.True(read.TryRead(ref reader));
                Assert.Equal(Facts(tallies[i]), Facts(read));
            }

            Assert.True(reader.IsAtEnd && reader.IsSound);
        });

    [Fact]
    public void Sheet_OfGarbage_EndsAndNeverThrows() => Gen.Byte.Array[0, 200].Sample(bytes =>
    {
        SheetReader reader = new(bytes);
        ProbeTally read = new();
        int rounds = 0;
        while (!reader.IsAtEnd)
        {
            reader.ReadSlot();
            if (!read.TryRead(ref reader))
                break;
            Assert.True(++rounds <= bytes.Length);
        }
    });

    [Fact]
    public void Minute_OfTwoProbes_TakesFewBytes()
    {
        SheetWriter writer = new();
        for (int slot = 0; slot < SheetWriter.Slots; slot++)
            writer.Write(slot, TallyOf([(0, 12_345), (0, 23_456)]));

        Assert.True(writer.Written.Length <= 20 * SheetWriter.Slots, $"{writer.Written.Length}");
    }

    [Theory]
    [InlineData(0.5, 40_000, 60_000)]
    [InlineData(0.99, 95_000, 100_000)]
    public void Percentile_OfEvenLatencies_IsNearTheTrueOne(double share, long least, long most)
    {
        ProbeTally tally = TallyOf([.. Enumerable.Range(1, 100).Select(static ms => (0, ms * 1000))]);

        long told = LatencyBuckets.Percentile(tally.Buckets, share, tally.LeastUs, tally.MostUs);

        Assert.InRange(told, least, most);
    }

    [Fact]
    public void Failures_HaveNoLatency()
    {
        ProbeTally tally = TallyOf([(0, 5_000), (2, 10_000_000)]);

        Assert.Equal((2, 1, 5_000, 5_000), (tally.Count, tally.Failures, tally.SumUs, tally.MostUs));
    }

    private static ProbeTally TallyOf((int Grade, int Us)[] results)
    {
        ProbeTally tally = new();
        foreach ((int grade, int us) in results)
            tally.Add((ProbeGrade)grade, TimeSpan.FromMicroseconds(us));
        return tally;
    }

    private static string Facts(ProbeTally t) =>
        $"{t.Count} {t.Failures} {t.Warnings} {t.SumUs} {t.LeastUs} {t.MostUs} {string.Join(',', t.Buckets.ToArray())}";
}
