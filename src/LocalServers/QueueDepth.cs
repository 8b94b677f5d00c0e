namespace EcgIntegration.LocalServers;

/// <summary>A queue and what is in it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Messages">Messages in it, delivered but unacknowledged ones included.</param>
/// <param name="Consumers">Those who read from it.</param>
/// <param name="Unacknowledged">Messages among them that are delivered and not acknowledged.</param>
public sealed record QueueDepth(string Name, long Messages, int Consumers, long Unacknowledged = 0);
