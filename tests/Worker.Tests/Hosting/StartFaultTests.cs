using EcgIntegration.TestKit;
using EcgIntegration.Worker.Hosting;

namespace EcgIntegration.Worker.Tests.Hosting;

public sealed class StartFaultTests
{
    private const string PublicUrl =
        "Http:PublicUrl must be the address of the whole server, http or https and without a path, such as https://ecg.example.jp: /fhir lies below it.";

    [Theory]
    [InlineData("Intake:MaxAttempts", "zero", "Intake:MaxAttempts must be a whole number.")]
    [InlineData("Intake:MaxAttempts", "0", "Intake:MaxAttempts must be between 1 and 100.")]
    [InlineData("Intake:TakeUpAfter", "soon", "Intake:TakeUpAfter must be a time such as 00:00:45.")]
    [InlineData("Postgres:MaxPoolSize", "abc", "Postgres:MaxPoolSize must be a whole number.")]
    [InlineData("Postgres:MaxPoolSize", "1", "Postgres:MaxPoolSize must be between 2 and 500.")]
    [InlineData("Postgres:ConnectionString", "garbage", "Postgres:ConnectionString must be postgresql://user:password@host:port/name or Npgsql's own form.")]
    [InlineData("Model:Device", "gpu", "Model:Device must be one of auto, cpu, cuda.")]
    [InlineData("Model:MaxBatch", "0", "Model:MaxBatch must be between 1 and 256.")]
    [InlineData("RabbitMq:Uri", "localhost", "RabbitMq:Uri must be amqp://user:password@host:port/vhost or amqps://.")]
    [InlineData("Http:PublicUrl", "ecg.example.jp", PublicUrl)]
    [InlineData("Http:PublicUrl", "https://ecg.example.jp/fhir", PublicUrl)]
    [InlineData("Http:PublicUrl", "https://user@ecg.example.jp", PublicUrl)]
    [InlineData("Http:PublicUrl", "ftp://ecg.example.jp", PublicUrl)]
    [InlineData("Security:Token", "short", "Security:Token is shorter than 24 characters: set a long random one.")]
    public async Task A_wrong_setting_is_one_sentence_that_names_it_and_does_not_repeat_it(string key, string value, string expected)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Postgres:ConnectionString"] = "postgresql://user@127.0.0.1:1/ecg",
            ["RabbitMq:Uri"] = "amqp://127.0.0.1:1/",
            ["Http:Urls"] = "http://127.0.0.1:0",
            ["Model:Path"] = Repository.Model,
            [key] = value,
        };

        var fault = await Record.ExceptionAsync(() => WorkerHost.CheckAsync(settings));

        Assert.NotNull(fault);
        Assert.Equal(expected, StartFault.Explain(fault));
    }

    [Fact]
    public void A_defect_is_no_fault_of_the_configuration()
    {
        Assert.Null(StartFault.Explain(new InvalidOperationException("Sequence contains no elements.")));
        Assert.Null(StartFault.Explain(new ArgumentException("x")));
    }
}
