using EcgIntegration.LocalServers.Processes;

namespace EcgIntegration.LocalServers;

/// <summary>What is remembered of a private node between runs.</summary>
internal sealed record RabbitMqState(
    int Port,
    int DistributionPort,
    int PortMapperPort,
    int? ManagementPort,
    string Password,
    ProcessIdentity? Node,
    ProcessIdentity? PortMapper);
