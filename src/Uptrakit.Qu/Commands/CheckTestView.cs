using Uptrakit.Qu.Control;

namespace Uptrakit.Qu.Commands;

/// <summary>What became of the messages of `qu check test`.</summary>
internal static class CheckTestView
{
    internal static void WriteTable(Terminal terminal, TestCheckReply reply)
    {
        TablePrinter table = new("ALERT", "NAME", "TYPE", "DELIVERED", "DETAIL");
        foreach (TestedAlert alert in reply.Alerts)
        {
            Cell delivered = !alert.Told ? new("not sent", Tone.Faint) : alert.Delivered ? new("yes", Tone.Good) : new("no", Tone.Bad);
            table.Add(alert.Id, alert.Name, alert.Type, delivered, alert.Detail);
        }
        table.Print(terminal);
    }

    internal static void WriteJson(Terminal terminal, TestCheckReply reply, string state) => terminal.WriteObject(json =>
    {
        json.WriteString("check_id", reply.CheckId);
        json.WriteString("check", reply.CheckName);
        json.WriteString("state", state);
        json.WriteStartArray("alerts");
        foreach (TestedAlert alert in reply.Alerts)
        {
            json.WriteStartObject();
            json.WriteString("id", alert.Id);
            json.WriteString("name", alert.Name);
            json.WriteString("type", alert.Type);
            json.WriteBoolean("sent", alert.Told);
            json.WriteBoolean("delivered", alert.Delivered);
            json.WriteText("detail", alert.Detail);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });
}
