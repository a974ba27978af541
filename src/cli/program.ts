import { Command, CommanderError } from 'commander';
import { FAULTS, type Fault, packageVersion, toFault } from '../core/index.js';
import { schemaCommand, validateCommand } from './config-commands.js';
import type { CliContext } from './context.js';
import { demoCommand } from './demo.js';
import { detectCommand } from './detect.js';
import { doctorCommand } from './doctor.js';
import { modelsCommand } from './models.js';
import { runCommand } from './run.js';

/** The whole command line, made anew for each run. */
export function createProgram(context: CliContext): Command {
  const program = new Command('ocellus')
    .description('Video AI for TypeScript: find what is in videos and cameras, on any hardware.')
    .version(packageVersion(), '-v, --version', 'print the version')
    .showHelpAfterError('(add --help for the options)')
    .showSuggestionAfterError();
  for (const make of [runCommand, demoCommand, detectCommand, validateCommand, schemaCommand, modelsCommand, doctorCommand])
    program.addCommand(make(context));
  const settle = (command: Command): void => {
    command.exitOverride().configureOutput({ writeOut: (text) => context.stdout.write(text), writeErr: (text) => context.stderr.write(text) });
    command.commands.forEach(settle);
  };
  settle(program);
  return program;
}

function tell({ code, message }: Fault, context: CliContext, json: boolean): void {
  if (json) context.stdout.write(`${JSON.stringify({ error: { code, message } })}\n`);
  context.stderr.write(`ocellus: ${message}\n`);
}

/** Runs one command line (without `node` and the script); answers the exit code. Never throws. */
export async function runCli(args: readonly string[], context: CliContext): Promise<number> {
  try {
    await createProgram(context).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : FAULTS.USAGE.exit;
    const fault = toFault(error, 'INTERNAL');
    tell(fault, context, args.includes('--json'));
    if (fault.code === 'INTERNAL' && fault.cause instanceof Error) context.stderr.write(`${fault.cause.stack}\n`);
    return FAULTS[fault.code].exit;
  }
}
