using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Uptrakit.Quorum.State;
using Uptrakit.Quorum.Transport;

namespace Uptrakit.Qu.Daemon;

/// <summary>
/// Keeps <c>cluster.yaml</c> a readable view of the state, and takes hand edits: compared with the version they started from,
/// proposed as a difference, refused as a whole where somebody else has changed the same thing since.
/// </summary>
internal sealed class ClusterFileSync : IDisposable
{
    private const int MaxBytes = 32 * 1024 * 1024;
    private const int KeptVersions = 64;
    private const int KeptEdits = 10;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>A daemon that has just started may know less than the file: it waits this long for the others to tell it more.</summary>
    private static readonly TimeSpan LearnTime = TimeSpan.FromSeconds(30);

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private readonly DataFolder folder;
    private readonly StateStore store;
    private readonly Func<Command, CancellationToken, Task<ProposalResult>> propose;
    private readonly TimeProvider clock;
    private readonly ILogger logger;
    private readonly Lock remembering = new();
    private readonly SortedDictionary<long, ClusterState> former = [];
    private readonly SemaphoreSlim one = new(1, 1);
    private long? waitsSince;
    private long writtenVersion = -1;
    private (DateTime Time, long Size) stamp;
    private TimeSpan pause;

    public ClusterFileSync(
        DataFolder folder, StateStore store, Func<Command, CancellationToken, Task<ProposalResult>> propose, TimeProvider clock, ILogger logger)
    {
        this.folder = folder;
        this.store = store;
        this.propose = propose;
        this.clock = clock;
        this.logger = logger;
        // Also what is read from the log at start: the edit of a file that was written before the daemon stopped starts from there.
        store.Applied += Remember;
        store.Replaced += Remember;
    }

    private enum Edit
    {
        /// <summary>None, or taken, or put aside: the view may be written.</summary>
        Settled,

        /// <summary>It stays where it is, and is looked at again.</summary>
        Waits,
    }

    public async Task RunAsync(CancellationToken cancel)
    {
        using PeriodicTimer timer = new(Look, clock);
        do
        {
            await one.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                await StepAsync(cancel).ConfigureAwait(false);
            }
            finally
            {
                one.Release();
            }

            // A large state under many changes: writing the view takes at most a tenth of the time.
            if (pause > Look)
                await Task.Delay(pause, clock, cancel).ConfigureAwait(false);
        }
        while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false));
    }

    public void Dispose()
    {
        store.Applied -= Remember;
        store.Replaced -= Remember;
        one.Dispose();
    }

    /// <summary>Writes the last state before the daemon stops.</summary>
    public async Task FlushAsync()
    {
        if (!await one.WaitAsync(TimeSpan.FromSeconds(2)).ConfigureAwait(false))
            return;
        try
        {
            if (writtenVersion >= 0 && writtenVersion != store.State.Version && !IsEdited())
                WriteView();
        }
        finally
        {
            one.Release();
        }
    }

    /// <summary>One look at the file and the state.</summary>
    internal async Task StepAsync(CancellationToken cancel)
    {
        if (store.State.ClusterId.Length == 0)
            return;
        if (IsEdited())
        {
            if (await TakeEditAsync(cancel).ConfigureAwait(false) == Edit.Waits)
                return;
            waitsSince = null;
            writtenVersion = -1;
        }

        if (store.State.Version != writtenVersion || !File.Exists(folder.ClusterFile))
            WriteView();
    }

    private bool IsEdited()
    {
        FileInfo file = new(folder.ClusterFile);
        return file.Exists && (file.LastWriteTimeUtc, file.Length) != stamp;
    }

    private async Task<Edit> TakeEditAsync(CancellationToken cancel)
    {
        if (StampOf().Size > MaxBytes)
            return SetAside("the file is larger than 32 MiB");
        byte[] content;
        try
        {
            content = await File.ReadAllBytesAsync(folder.ClusterFile, cancel).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            logger.ViewNotWritten(folder.ClusterFile, fault.Message);
            return Edit.Waits;
        }

        if (folder.WroteCluster(SHA256.HashData(content)))
            return Edit.Settled;
        try
        {
            return await ProposeAsync(Strict.GetString(content), cancel).ConfigureAwait(false);
        }
        catch (DecoderFallbackException)
        {
            return SetAside("the file is not UTF-8 text");
        }
    }

    private async Task<Edit> ProposeAsync(string text, CancellationToken cancel)
    {
        if (!ClusterYaml.TryParse(text, out ClusterEdit? edit, out IReadOnlyList<YamlFault> faults))
            return SetAside(string.Join("; ", faults));
        if (edit!.Version > store.State.Version && MayStillLearn())
            return Edit.Waits;
        if (StateOf(edit.Version) is not { } start)
            return SetAside($"it starts from version {edit.Version}, and the cluster is at {store.State.Version}: make the change again in the file as it is now");
        if (!ClusterYaml.TryDiff(ViewOf(start), edit, out ApplyEdit? change, out faults))
            return SetAside(string.Join("; ", faults));
        if (IsNothing(change!))
            return Edit.Settled;

        change!.BaseVersion = edit.Version;
        ProposalResult result = await propose(new Command { ApplyEdit = change }, cancel).ConfigureAwait(false);
        if (result.Outcome is not { Status: OutcomeStatus.Done })
            return SetAside(result.Outcome?.Message ?? result.Words);
        logger.EditTaken(edit.Version, Words(change));
        return Edit.Settled;
    }

    private bool MayStillLearn()
    {
        waitsSince ??= clock.GetTimestamp();
        return clock.GetElapsedTime(waitsSince.Value) < LearnTime;
    }

    /// <summary>The operator's work is never thrown away, and the view is restored.</summary>
    private Edit SetAside(string reason)
    {
        string time = clock.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        string kept = $"{folder.ClusterFile}.rejected-{time}";
        for (int n = 2; File.Exists(kept); n++)
            kept = $"{folder.ClusterFile}.rejected-{time}-{n}";
        try
        {
            folder.SetClusterAside(kept);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            logger.ViewNotWritten(kept, fault.Message);
            return Edit.Waits;
        }

        logger.EditRefused(kept, reason);
        RemoveOldest(kept);
        return Edit.Settled;
    }

    /// <summary>What is kept may hold secrets, and whoever writes the file by program may be refused again and again.</summary>
    private void RemoveOldest(string newest)
    {
        string[] kept = Directory.GetFiles(folder.Root, $"{Path.GetFileName(folder.ClusterFile)}.rejected-*");
        // By their names, which begin with the time; the one of now stays, wherever the clock was before.
        foreach (string old in kept.Where(file => file != newest).OrderDescending(StringComparer.Ordinal).Skip(KeptEdits - 1))
        {
            try
            {
                File.Delete(old);
                logger.EditForgotten(old, KeptEdits);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                logger.ViewNotWritten(old, fault.Message);
            }
        }
    }

    private void WriteView()
    {
        ClusterState state = store.State;
        long begin = clock.GetTimestamp();
        byte[] content = Encoding.UTF8.GetBytes(ClusterYaml.Render(ViewOf(state)));
        try
        {
            folder.WriteCluster(content);
            (writtenVersion, stamp) = (state.Version, StampOf());
            Remember(state);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The view is for reading; the state is safe in the log.
            logger.ViewNotWritten(folder.ClusterFile, fault.Message);
            pause = TimeSpan.FromSeconds(30);
            return;
        }

        pause = clock.GetElapsedTime(begin) * 10;
    }

    private void Remember(AppliedState state, Command command, Outcome outcome) => Remember(state.Cluster);

    private void Remember(AppliedState state) => Remember(state.Cluster);

    private void Remember(ClusterState state)
    {
        lock (remembering)
        {
            former[state.Version] = state;
            while (former.Count > KeptVersions)
                former.Remove(former.Keys.First());
        }
    }

    private ClusterState? StateOf(long version)
    {
        lock (remembering)
            return version == store.State.Version ? store.State : former.GetValueOrDefault(version);
    }

    private (DateTime Time, long Size) StampOf()
    {
        FileInfo file = new(folder.ClusterFile);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    }

    private static bool IsNothing(ApplyEdit change) =>
        change.PutChecks.Count + change.RemoveChecks.Count + change.PutAlerts.Count + change.RemoveAlerts.Count
            + change.PutWindows.Count + change.RemoveWindows.Count == 0 && change.SetResolvers is null;

    private static string Words(ApplyEdit change) =>
        $"{change.PutChecks.Count} checks and {change.PutAlerts.Count} alerts added or changed, {change.RemoveChecks.Count} checks and {change.RemoveAlerts.Count} alerts removed"
        + (change.PutWindows.Count + change.RemoveWindows.Count is > 0 and int windows ? $", {windows} maintenance windows changed" : "")
        + (change.SetResolvers is null ? "" : ", resolvers set");

    private static ClusterView ViewOf(ClusterState state) => new(
        state.ClusterId,
        state.Version,
        state.UpdatedMs,
        state.UpdatedBy,
        [.. state.Resolvers],
        [.. state.Peers.Values],
        [.. state.Checks.Values],
        [.. state.Alerts.Values],
        [.. state.Enrollments.Values])
    {
        Windows = [.. state.Windows.Values],
    };
}
