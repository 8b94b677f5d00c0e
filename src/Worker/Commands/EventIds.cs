using System.CommandLine;
using System.CommandLine.Parsing;

namespace EcgIntegration.Worker.Commands;

/// <summary>Event ids on the command line, refused in a sentence where they are none.</summary>
internal static class EventIds
{
    /// <summary>The argument of a verb that takes one.</summary>
    public static Argument<Guid> One(string name, string description, Say say) => new(name)
    {
        Description = description,
        CustomParser = result => Read(result, say)[0],
    };

    /// <summary>The argument of a verb that takes any number.</summary>
    public static Argument<Guid[]> Any(string name, string description, Say say) => new(name)
    {
        Arity = ArgumentArity.ZeroOrMore,
        Description = description,
        CustomParser = result => Read(result, say),
    };

    /// <summary>An option that names one.</summary>
    public static Option<Guid?> Option(string name, string description, Say say) => new(name)
    {
        HelpName = "UUID",
        Description = description,
        CustomParser = result => Read(result, say)[0],
    };

    private static Guid[] Read(ArgumentResult result, Say say)
    {
        var ids = new List<Guid>();
        foreach (var token in result.Tokens)
        {
            if (!Guid.TryParseExact(token.Value, "D", out var id))
            {
                result.AddError(say(
                    $"'{token.Value}' is not an event id, which is a UUID such as 7b0c6b1e-0f5e-4a55-9c0b-3b8d6f1f2a10",
                    $"'{token.Value}' はイベントIDではありません。UUID(例: 7b0c6b1e-0f5e-4a55-9c0b-3b8d6f1f2a10)で指定してください"));
                return [default];
            }

            ids.Add(id);
        }

        return [.. ids];
    }
}
