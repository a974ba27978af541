import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { parse } from 'yaml';
import { createProgram } from '../dist/cli/program.js';
import { ROOT } from './source.js';

/** The folder of the deployment files. */
export const DEPLOY = join(ROOT, 'deploy');
/** The Helm chart. */
export const CHART = join(DEPLOY, 'helm/ocellus');

/** A file below `deploy`. */
export const deployText = (path: string): string => readFileSync(join(DEPLOY, path), 'utf8');
/** A YAML file below `deploy`, with what it merges. */
export const deployYaml = (path: string): unknown => parse(deployText(path), { merge: true });
/** Names of the chart's templates. */
export const TEMPLATES = readdirSync(join(CHART, 'templates'));

const QUIET = { write: () => true };

/** The command line, which runs nothing. */
const program = (): Command => createProgram({ env: {}, cwd: ROOT, stdout: QUIET, stderr: QUIET, drain: new AbortController().signal });

/** A command of the command line. */
export function command(name: string): Command {
  const found = program().commands.find((each) => each.name() === name);
  if (!found) throw new Error(`there is no command ${name}`);
  return found;
}

/** What a command line says: the command and its flags. */
export interface Said {
  readonly command: string;
  readonly flags: Readonly<Record<string, unknown>>;
}

/** Reads a command line as the program does, without running it. @throws CommanderError for what it does not take */
export function said(args: readonly string[]): Said {
  const whole = program();
  let heard: Said | undefined;
  const listen = (each: Command): void => {
    each.action((...given: unknown[]) => {
      const ran = given.at(-1) as Command;
      heard = { command: ran.name(), flags: ran.opts() };
    });
    each.commands.forEach(listen);
  };
  whole.commands.forEach(listen);
  whole.parse([...args], { from: 'user' });
  if (!heard) throw new Error(`nothing would run: ${args.join(' ')}`);
  return heard;
}
