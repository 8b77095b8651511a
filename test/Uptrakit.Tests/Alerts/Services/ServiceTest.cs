using System.Text.Json;
using Uptrakit.Quorum.Alerts;
using Uptrakit.Quorum.State;
using Uptrakit.Tests.Checks;

namespace Uptrakit.Tests.Alerts.Services;

/// <summary>What the tests of the services share: a world, and a receiver that records.</summary>
public abstract class ServiceTest : IDisposable
{
    private protected ServiceTest() => Kit = TestAlerts.Kit(World, TimeProvider.System);

    private protected TestWorld World { get; } = new();

    private protected ServiceKit Kit { get; }

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        World.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Sends, expects to be believed, and hands out what the receiver got.</summary>
    private protected static async Task<(RawRequest Request, JsonElement Body)> SendAsync(
        RawServer receiver, IAlertSender sender, Alert alert, AlertMessage? message = null)
    {
        Assert.Equal(SendResult.Done, await sender.SendAsync(alert, message ?? TestAlerts.Message(), Cancel));
        Assert.True(receiver.Requests.TryDequeue(out RawRequest? request));
        using JsonDocument body = JsonDocument.Parse(request.Body);
        return (request, body.RootElement.Clone());
    }

    private protected static async Task<SendResult.Failed> FailAsync(IAlertSender sender, Alert alert) =>
        Assert.IsType<SendResult.Failed>(await sender.SendAsync(alert, TestAlerts.Message(), Cancel));

    /// <summary>A transition whose every text was chosen by somebody hostile.</summary>
    private protected static AlertMessage Hostile(CheckState to = CheckState.Down)
    {
        OutboxEntry entry = TestAlerts.Entry(to: to);
        entry.CheckName = "x @everyone <!channel> *b*";
        entry.Detail = "<https://evil.test|click> [a](http://evil.test) `code` & \u202Etxt\r\nBcc: all";
        return AlertMessage.Of(entry);
    }

    private protected static AlertMessage Long()
    {
        OutboxEntry entry = TestAlerts.Entry();
        string big = string.Concat(Enumerable.Repeat("🙂", 3000));
        (entry.CheckName, entry.Target, entry.Detail, entry.NodeId) = (big, big, big, big);
        return AlertMessage.Of(entry);
    }
}
