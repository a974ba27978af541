import { Command } from 'commander';
import type { CliContext } from './context.js';
import { serveEyeContactCommand } from './serve-eye-contact.js';
import { addServeFlags, type ServeFlags } from './serve-flags.js';

/** `ocellus serve [MODEL.onnx|REPOSITORY]` */
export function serveCommand(context: CliContext): Command {
  const command = new Command('serve')
    .summary('serve models over HTTP and gRPC (KServe v2, Triton)')
    .description(
      'Serves models to clients of Triton and KServe v2: HTTP on port 8000, gRPC on 8001, metrics on 8002, for this machine unless an address is given.',
    )
    .argument('[model]', 'an ONNX file, or a model repository');
  return (
    addServeFlags(command)
      .addCommand(serveEyeContactCommand(context))
      // Flags behind `eye-contact` are its own, also those that have a name of these.
      .enablePositionalOptions()
      .addHelpText(
        'after',
        '\nExamples:\n  ocellus serve model.onnx\n  ocellus serve --model-repository models --model-control-mode explicit --load-model simple\n  ocellus serve models --http-address 0.0.0.0 --auth-token-file token.txt\n',
      )
      .action(async (target: string | undefined, flags: ServeFlags) => {
        // The server's libraries are loaded by those who serve.
        const { runServe } = await import('./run-serve.js');
        await runServe(target, flags, context);
      })
  );
}
