using Microsoft.Extensions.Time.Testing;
using Uptrakit.Qu.Control;
using Uptrakit.Qu.Tui;
using Uptrakit.Quorum.State;

namespace Uptrakit.Tests.Tui;

/// <summary>A model that is driven as the session drives it: messages in, orders and pictures out.</summary>
internal sealed class TuiScene
{
    public static readonly DateTimeOffset Begin = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    public TuiScene(int checks = 3)
    {
        Status = new StatusReply
        {
            NodeId = "0b54aaaa-1", Role = "leader", Master = "0b54aaaa-1", Term = 4, Quorum = true, QuorumNeeded = 2, Voters = 3, ConfigVersion = 12, Software = "0.1.0",
        };
        foreach (string id in (string[])["0b54aaaa-1", "7f21bbbb-2", "c09ecccc-3"])
            Status.Peers.Add(new PeerStatus { NodeId = id, Advertise = $"{id[..4]}.example.org:9901", Role = "voter", Live = true, LastSeenMs = Begin.ToUnixTimeMilliseconds() });
        for (int i = 0; i < checks; i++)
            Status.Checks.Add(Row($"c-{i}", $"check-{i:d5}"));
        Alerts = [new Alert { Id = "a-1", Name = "ops", Type = AlertType.Webhook, Enabled = true, IsDefault = true, Url = "https://hooks.example.org/x" }];
        Tell(new TuiMessage.Refreshed(Status, Alerts));
    }

    public FakeTimeProvider Clock { get; } = new(Begin);

    public TuiModel Model { get; set; } = new();

    public StatusReply Status { get; }

    public List<Alert> Alerts { get; }

    public List<TuiOrder> Orders { get; } = [];

    public TuiOrder? LastOrder => Orders.LastOrDefault();

    public string Picture => new TuiView(Clock).Draw(Model).ToString();

    public string[] Lines => Picture.TrimEnd('\n').Split('\n');

    public static CheckRow Row(string id, string name, string state = "up") => new()
    {
        Id = id, Name = name, State = state, Ok = 3, Total = 3, Type = "http", Target = "https://example.org/", SinceMs = Begin.ToUnixTimeMilliseconds(), Alerts = { "ops*" },
    };

    public void Tell(TuiMessage message)
    {
        (Model, TuiOrder? order) = TuiUpdate.Step(Model, message, Clock.GetUtcNow());
        if (order is not null)
            Orders.Add(order);
    }

    /// <summary>The daemon's next answer, changed as the test says.</summary>
    public void Refresh(Action<StatusReply>? change = null)
    {
        StatusReply next = Model.Status!.Clone();
        change?.Invoke(next);
        Tell(new TuiMessage.Refreshed(next, Alerts));
    }

    public void Press(ConsoleKey key, bool shift = false) => Tell(new TuiMessage.Key(new ConsoleKeyInfo(CharOf(key), key, shift, alt: false, control: false)));

    public void Type(string text)
    {
        foreach (char letter in text)
            Tell(new TuiMessage.Key(new ConsoleKeyInfo(letter, ConsoleKey.None, shift: false, alt: false, control: false)));
    }

    private static char CharOf(ConsoleKey key) => key switch
    {
        ConsoleKey.Enter => '\r',
        ConsoleKey.Tab => '\t',
        ConsoleKey.Escape => '\u001b',
        ConsoleKey.Backspace => '\b',
        _ => '\0',
    };
}
