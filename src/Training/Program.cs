using EcgIntegration.Training.Commands;

return await CommandLine.RunAsync(args);
