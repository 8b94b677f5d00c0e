using EcgIntegration.Worker.Commands;

Terminal.ObeyNoColor();
return await CommandLine.RunAsync(args);
