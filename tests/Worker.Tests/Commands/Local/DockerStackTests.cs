using EcgIntegration.TestKit;
using EcgIntegration.Worker.Commands;
using EcgIntegration.Worker.Commands.Local;

namespace EcgIntegration.Worker.Tests.Commands.Local;

/// <summary>What can be held to without a Docker engine.</summary>
public sealed class DockerStackTests
{
    private const string Postgres = """{"Name":"ecg-1-postgres-1","Service":"postgres","State":"running","Health":"healthy","Publishers":[{"URL":"127.0.0.1"}]}""";
    private const string Seq = """{"Name":"ecg-1-seq-1","Service":"seq","State":"running","Health":""}""";
    private const string RabbitMq = """{"Name":"ecg-1-rabbitmq-1","Service":"rabbitmq","State":"running","Health":"starting"}""";
    private const string Worker = """{"Name":"ecg-1-worker-1","Service":"worker","State":"exited"}""";

    [Theory]
    [InlineData($"{Postgres}\n{Seq}\n{RabbitMq}\n{Worker}\n")]
    [InlineData($"{Postgres}\r\n{Seq}\r\n{RabbitMq}\r\n{Worker}")]
    [InlineData($"[{Postgres},{Seq},{RabbitMq},{Worker}]\n")]
    [InlineData($"\n[\n{Postgres},\n{Seq},\n{RabbitMq},\n{Worker}\n]")]
    public void The_state_of_containers_is_read_from_lines_and_from_an_array(string text) => Assert.Equal(
        ["postgres ready", "seq ready", "rabbitmq starting", "worker stopped"],
        ComposeStatus.Read(text).Select(part => $"{part.Name} {part.State}"));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    public void No_container_is_no_part(string text) => Assert.Empty(ComposeStatus.Read(text));

    [Theory]
    [InlineData("time=now level=warning")]
    [InlineData("""{"Service":"worker"}""")]
    [InlineData("[1]")]
    public void Anything_else_is_said_to_be_so(string text) =>
        Assert.Contains("docker compose ps", Assert.Throws<CommandException>(() => ComposeStatus.Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Each_checkout_has_a_project_of_its_own_and_keeps_it()
    {
        var one = DockerStack.ProjectOf("/srv/ecg/.run");

        Assert.Equal(one, DockerStack.ProjectOf("/srv/ecg/.run"));
        Assert.NotEqual(one, DockerStack.ProjectOf("/srv/ecg2/.run"));
        Assert.Matches("^ecg-[0-9a-f]{10}$", one);
    }

    [Fact]
    public void The_files_for_an_accelerator_are_there()
    {
        Assert.Equal(["compose.yml"], Names(null));
        Assert.Equal(["compose.yml"], Names("cpu"));
        Assert.Equal(["compose.yml", "compose.cuda.yml"], Names("cuda"));
        Assert.All(Names("cuda"), name => Assert.True(File.Exists(Repository.File("docker", name)), name));

        static IEnumerable<string> Names(string? accelerator) => DockerStack.ComposeFiles(accelerator).Select(file => Path.GetFileName(file)!);
    }
}
