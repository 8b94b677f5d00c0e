using EcgIntegration.LocalServers.Processes;

namespace EcgIntegration.LocalServers.Tests;

public sealed class ProcessIdentityTests
{
    [Fact]
    public void A_reused_process_id_is_another_process()
    {
        var self = ProcessIdentity.Of(Environment.ProcessId);

        Assert.NotNull(self);
        Assert.True(self.IsAlive);
        Assert.False((self with { StartTicks = self.StartTicks - 1 }).IsAlive);
        Assert.False((self with { BootId = "another boot" }).IsAlive);

        // Would end this run if it were sent.
        Assert.False((self with { StartTicks = self.StartTicks - 1 }).Signal(ProcessSignal.Kill));
    }

    [Fact]
    public void No_process_has_no_identity() => Assert.Null(ProcessIdentity.Of(int.MaxValue));
}
