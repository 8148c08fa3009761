using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Mnemo.Capture;
using Mnemo.Plugin.Commands;

namespace Mnemo.Plugin.Chat.Console;

/// <summary>Clean lines for a pipe: answers and replies on the output, everything else on the error output; with JSON one object a line.</summary>
internal sealed class RedirectedOutput(TextWriter output, TextWriter errors, bool isJson)
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public bool IsJson => isJson;

    /// <summary>Says that a message is durable, or why nothing of it was kept. The caller flushes when nothing more is waiting.</summary>
    public async Task AcknowledgeAsync(string id, IntakeReceipt receipt)
    {
        if (!isJson) return;
        var ack = new JsonObject { ["ack"] = id, ["sequence"] = receipt.Sequence, ["outcome"] = JsonNamingPolicy.SnakeCaseLower.ConvertName(receipt.Outcome.ToString()) };
        await output.WriteAsync(ack.ToJsonString(Readable) + "\n");
    }

    public Task FlushAsync() => output.FlushAsync();

    public Task AnswerAsync(string id, ChatAnswer answer) => isJson
        ? WriteAsync(new JsonObject
        {
            ["answer"] = answer.Text, ["to"] = id, ["known"] = answer.Sources.Count > 0,
            ["sources"] = new JsonArray([.. answer.Sources.Select(m => (JsonNode)new JsonObject
            {
                ["id"] = m.Id.ToString(), ["speaker"] = m.Speaker.Name, ["at"] = m.At.ToString("O"), ["text"] = m.Text,
            })]),
        })
        : WriteAsync(TextWidth.Harmless(answer.Text));

    public Task ReplyAsync(string id, CommandReply reply)
    {
        var lines = string.Join('\n', PlainReplies.Render(reply));
        return isJson ? WriteAsync(new JsonObject { ["reply"] = lines, ["to"] = id, ["ok"] = reply.IsSuccess }) : WriteAsync(lines);
    }

    public async Task ProblemAsync(string? id, string problem)
    {
        if (isJson) await WriteAsync(new JsonObject { ["error"] = problem, ["to"] = id });
        else await errors.WriteLineAsync(problem);
    }

    /// <summary>Something for whoever watches, not for the pipe.</summary>
    public Task NoteAsync(string note) => isJson ? Task.CompletedTask : errors.WriteLineAsync(note);

    private Task WriteAsync(JsonObject json) => WriteAsync(json.ToJsonString(Readable));

    private async Task WriteAsync(string line)
    {
        await output.WriteAsync(line + "\n");
        await output.FlushAsync();
    }
}
