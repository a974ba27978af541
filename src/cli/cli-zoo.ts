import { homedir } from 'node:os';
import { createLog } from '../core/index.js';
import { type Progress, type Zoo, createZoo, zooOptions } from '../models/index.js';
import type { CliContext } from './context.js';

const mib = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

/** Tells how far a download is: one line that redraws itself on a terminal, a line for each model elsewhere. */
function downloadReporter({ stderr }: CliContext): (progress: Progress) => void {
  const begun = new Set<string>();
  return ({ name, receivedBytes, totalBytes }) => {
    const total = totalBytes === undefined ? '' : ` of ${mib(totalBytes)}`;
    if (stderr.isTTY) stderr.write(`\r\u001B[2Kfetching ${name}: ${mib(receivedBytes)}${total} MiB${receivedBytes === totalBytes ? '\n' : ''}`);
    else if (!begun.has(name)) stderr.write(`fetching ${name}${totalBytes === undefined ? '' : ` (${mib(totalBytes)} MiB)`}\n`);
    begun.add(name);
  };
}

/** The catalogue as the environment says, with words and progress on stderr. */
export function createCliZoo(context: CliContext): Zoo {
  const { env, cwd, stderr, drain } = context;
  const log = createLog(({ level, message }) => stderr.write(`${level === 'info' ? '' : `${level}: `}${message}\n`));
  const places = zooOptions(env, { platform: process.platform, home: env['HOME'] || homedir(), cwd });
  return createZoo({ ...places, log, signal: drain, onProgress: downloadReporter(context) });
}
