using Uptrakit.Quorum.Transport;

namespace Uptrakit.Qu.Commands;

/// <summary>Latencies in one line: the higher the slower; × where every probe failed, a blank where there was none.</summary>
internal static class Sparkline
{
    private const string Heights = "▁▂▃▄▅▆▇█";

    internal static string Of(CheckResults results, long fromMs, long toMs, int width)
    {
        if (width <= 0 || toMs <= fromMs)
            return "";
        (long Good, long SumUs, long Failed)[] cells = new (long, long, long)[width];
        foreach (ProbePoint point in results.Points)
        {
            if (point.Sum is not { } sum || point.AtMs + results.StepMs < fromMs || point.AtMs > toMs)
                continue;
            int cell = (int)Math.Clamp((double)(point.AtMs - fromMs) / (toMs - fromMs) * width, 0, width - 1);
            long good = Math.Max(0, sum.Count - sum.Failures);
            cells[cell] = (cells[cell].Good + good, cells[cell].SumUs + (good * Math.Clamp(sum.MeanUs, 0, 3_600_000_000)), cells[cell].Failed + Math.Max(0, sum.Failures));
        }

        double most = cells.Max(static cell => cell.Good > 0 ? (double)cell.SumUs / cell.Good : 0);
        return string.Create(width, (cells, most), static (line, state) =>
        {
            for (int i = 0; i < line.Length; i++)
                line[i] = Mark(state.cells[i], state.most);
        });
    }

    private static char Mark((long Good, long SumUs, long Failed) cell, double most)
    {
        if (cell.Good == 0)
            return cell.Failed > 0 ? '×' : ' ';
        double share = most > 0 ? cell.SumUs / (double)cell.Good / most : 0;
        return Heights[Math.Clamp((int)(share * Heights.Length), 0, Heights.Length - 1)];
    }
}
