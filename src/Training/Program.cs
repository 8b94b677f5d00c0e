using EcgIntegration.Training.Commands;

Terminal.ObeyNoColor();
return await CommandLine.RunAsync(args);
