using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace EcgIntegration.LocalServers.Processes;

/// <summary>
/// Loopback ports that nobody listens on. They lie below the system's ephemeral range where there is room: the system hands
/// those above to any connection, and a server that comes back after a kill would find its own port taken. Somebody may
/// still take one before it is used, so whoever uses it must try again.
/// </summary>
public static class FreePort
{
    // Above the ports that servers are known by.
    private const int Lowest = 20_000;
    private const int Room = 1_000;
    private const int Attempts = 200;
    private const string RangeFile = "/proc/sys/net/ipv4/ip_local_port_range";

    private static readonly int Limit = EphemeralStart();

    /// <summary>Different free ports.</summary>
    public static int[] Take(int count)
    {
        // All are held until the last is known: the same one would otherwise be handed out twice.
        var listeners = new List<TcpListener>();
        try
        {
            while (listeners.Count < count)
            {
                listeners.Add(Listen());
            }

            return [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        }
        finally
        {
            listeners.ForEach(listener => listener.Dispose());
        }
    }

    /// <summary>Whether a loopback port could be listened on at this moment.</summary>
    public static bool IsFree(int port)
    {
        using var listener = TryListen(port);
        return listener is not null;
    }

    /// <summary>The first port of the ephemeral range; 0 where the system does not tell it.</summary>
    private static int EphemeralStart()
    {
        try
        {
            return int.TryParse(File.ReadAllText(RangeFile).Split('\t', ' ')[0], CultureInfo.InvariantCulture, out var start) ? start : 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    private static TcpListener Listen()
    {
        for (var attempt = 0; Limit >= Lowest + Room && attempt < Attempts; attempt++)
        {
            if (TryListen(Random.Shared.Next(Lowest, Limit)) is { } listener)
            {
                return listener;
            }
        }

        return TryListen(0) ?? throw new PrivateServerException("No loopback port is free.");
    }

    private static TcpListener? TryListen(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return listener;
        }
        catch (SocketException)
        {
            listener.Dispose();
            return null;
        }
    }
}
