using EcgIntegration.LocalServers.Processes;

namespace EcgIntegration.LocalServers.Tests;

public sealed class FreePortTests
{
    [Fact]
    public void Ports_differ_are_free_and_are_never_handed_to_a_connection()
    {
        var ports = FreePort.Take(50);

        Assert.Equal(50, ports.Distinct().Count());
        Assert.All(ports, port => Assert.True(FreePort.IsFree(port)));
        var text = File.Exists("/proc/sys/net/ipv4/ip_local_port_range") ? File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range") : "";
        Assert.SkipUnless(text.Length > 0, "This system does not tell its ephemeral range.");
        var start = int.Parse(text.Split('\t')[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.SkipUnless(start > 21_000, "Nothing is left below this system's ephemeral range.");
        Assert.All(ports, port => Assert.InRange(port, 1024, start - 1));
    }

    [Fact]
    public void A_port_in_use_is_not_free()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        Assert.False(FreePort.IsFree(((System.Net.IPEndPoint)listener.LocalEndpoint).Port));
    }
}
