using EcgIntegration.Worker.Commands;

return await CommandLine.RunAsync(args);
