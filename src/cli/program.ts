import { Command, CommanderError } from 'commander';
import { FAULTS, type Fault, packageVersion, toFault } from '../core/index.js';
import { schemaCommand, validateCommand } from './config-commands.js';
import type { CliContext, CliStream } from './context.js';
import { demoCommand } from './demo.js';
import { detectCommand } from './detect.js';
import { doctorCommand } from './doctor.js';
import { evalCommand } from './eval.js';
import { eyeContactCommand } from './eye-contact.js';
import { inferCommand } from './infer.js';
import { modelsCommand } from './models.js';
import { perfCommand } from './perf.js';
import { routeCommand } from './route.js';
import { runCommand } from './run.js';
import { serveCommand } from './serve.js';

/** The whole command line, made anew for each run. */
export function createProgram(context: CliContext): Command {
  const program = new Command('ocellus')
    .description('Video AI for TypeScript: find what is in videos and cameras, on any hardware.')
    .version(packageVersion(), '-v, --version', 'print the version')
    .showHelpAfterError('(add --help for the options)')
    .showSuggestionAfterError();
  const commands = [
    runCommand,
    serveCommand,
    routeCommand,
    inferCommand,
    perfCommand,
    evalCommand,
    demoCommand,
    detectCommand,
    eyeContactCommand,
    validateCommand,
    schemaCommand,
    modelsCommand,
    doctorCommand,
  ];
  for (const make of commands) program.addCommand(make(context));
  const settle = (command: Command): void => {
    command.exitOverride().configureOutput({ writeOut: (text) => context.stdout.write(text), writeErr: (text) => context.stderr.write(text) });
    command.commands.forEach(settle);
  };
  settle(program);
  return program;
}

type Told = Pick<Fault, 'code' | 'message'>;

/** A stream that knows whether anything was written to it. */
interface HeardStream extends CliStream {
  readonly heard: boolean;
}

function listenTo(stream: CliStream): HeardStream {
  let heard = false;
  return {
    ...(stream.isTTY === undefined ? {} : { isTTY: stream.isTTY }),
    ...(stream.columns === undefined ? {} : { columns: stream.columns }),
    get heard() {
      return heard;
    },
    write(text) {
      heard = true;
      return stream.write(text);
    },
  };
}

/** With `--json`, stdout gets exactly one object: the error's, unless the command has told its own, as an interrupted run has. */
function tellJson({ code, message }: Told, stdout: HeardStream, args: readonly string[]): void {
  if (args.includes('--json') && !stdout.heard) stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
}

/** Runs one command line (without `node` and the script); answers the exit code. Never throws. */
export async function runCli(args: readonly string[], { stdout: out, ...others }: CliContext): Promise<number> {
  const stdout = listenTo(out);
  const context: CliContext = { ...others, stdout };
  try {
    await createProgram(context).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      // Commander has told people already.
      tellJson({ code: 'USAGE', message: error.message.replace(/^error: /, '') }, stdout, args);
      return FAULTS.USAGE.exit;
    }
    const fault = toFault(error, 'INTERNAL');
    tellJson(fault, stdout, args);
    context.stderr.write(`ocellus: ${fault.message}\n`);
    if (fault.code === 'INTERNAL' && fault.cause instanceof Error) context.stderr.write(`${fault.cause.stack}\n`);
    return FAULTS[fault.code].exit;
  }
}
