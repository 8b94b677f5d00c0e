using EcgIntegration.TestKit;

namespace EcgIntegration.LocalServers.Tests;

public sealed class FileLockTests
{
    [Fact]
    public async Task The_second_waits_for_the_first()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("lock");
        var first = await FileLock.TakeAsync(file, TestContext.Current.CancellationToken);
        var second = FileLock.TakeAsync(file, TestContext.Current.CancellationToken);
        Assert.False(second.IsCompleted);

        await first.DisposeAsync();

        await (await second).DisposeAsync();
    }

    [Fact]
    public async Task A_missing_folder_is_an_error_not_a_wait()
    {
        using var folder = new TemporaryFolder();

        await Assert.ThrowsAsync<DirectoryNotFoundException>(
            () => FileLock.TakeAsync(folder.File("no", "lock"), TestContext.Current.CancellationToken));
    }
}
