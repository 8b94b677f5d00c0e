using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using EcgIntegration.TestKit;

namespace EcgIntegration.Worker.Tests.Hosting;

/// <summary>
/// SQL stays in Persistence, and its values are parameters. The analyzer CA2100, an error in this build, refuses a command
/// whose text is put together from anything but constants; this test keeps the exceptions to those that are known.
/// </summary>
public sealed partial class ArchitectureTests
{
    private static readonly string[] CommandTypes =
        ["NpgsqlCommand", "NpgsqlBatch", "NpgsqlBatchCommand", "NpgsqlBinaryImporter", "NpgsqlParameter", "DbCommand", "RelationalDatabaseFacadeExtensions"];

    private static readonly string[] KnownExceptions =
        ["src/Persistence/Hosting/DatabaseMigrator.cs", "src/Persistence/Replay/PostgresReplayJobs.cs", "src/Persistence/Search/SqlParameters.cs"];

    public static TheoryData<string> Others { get; } = ["EcgIntegration.Worker", "EcgIntegration.Contracts", "EcgIntegration.Signals"];

    [Theory]
    [MemberData(nameof(Others))]
    public void No_command_is_made_outside_Persistence(string assembly)
    {
        using var image = Open(assembly);
        var metadata = image.GetMetadataReader();
        var used = metadata.TypeReferences.Select(handle => metadata.GetString(metadata.GetTypeReference(handle).Name)).ToHashSet();

        Assert.DoesNotContain(CommandTypes, used.Contains);
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void No_text_outside_Persistence_is_SQL(string assembly)
    {
        using var image = Open(assembly);

        Assert.DoesNotContain(Texts(image.GetMetadataReader()), text => Statement().IsMatch(text));
    }

    [Fact]
    public void The_check_knows_SQL_when_it_sees_it()
    {
        using var image = Open("EcgIntegration.Persistence");
        var metadata = image.GetMetadataReader();

        Assert.True(Texts(metadata).Count(text => Statement().IsMatch(text)) > 50);
        Assert.Contains(metadata.TypeReferences, handle => metadata.GetString(metadata.GetTypeReference(handle).Name) == "NpgsqlCommand");
    }

    [Fact]
    public void Commands_that_are_put_together_are_known_and_explained()
    {
        var exceptions = Directory.EnumerateFiles(Repository.File("src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Where(path => File.ReadAllText(path).Contains("CA2100", StringComparison.Ordinal))
            .Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

        Assert.Equal(KnownExceptions, exceptions);
        Assert.Contains("dotnet_diagnostic.CA2100.severity = error", File.ReadAllText(Repository.File(".editorconfig")), StringComparison.Ordinal);
    }

    private static PEReader Open(string assembly) => new(File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly + ".dll")));

    private static IEnumerable<string> Texts(MetadataReader metadata)
    {
        for (var handle = MetadataTokens.UserStringHandle(1);
            !handle.IsNil; handle = metadata.GetNextHandle(handle))
        {
            yield return metadata.GetUserString(handle);
        }
    }

    [GeneratedRegex(@"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM)\s", RegexOptions.Singleline)]
    private static partial Regex Statement();
}
