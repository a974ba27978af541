import { homedir } from 'node:os';
import { createLog } from '../core/index.js';
import { CATALOGUE, type CatalogueEntry, type Progress, type Zoo, createZoo, zooOptions } from '../models/index.js';
import type { CliContext } from './context.js';
import { createProgressDisplay } from './download-progress.js';

/** The catalogue as the environment says, with words and progress on stderr. */
export function createCliZoo(context: CliContext, catalogue: readonly CatalogueEntry[] = CATALOGUE): Zoo {
  const { env, cwd, stderr, drain } = context;
  const progress = createProgressDisplay(stderr);
  const log = createLog(({ level, message }) => {
    progress.done();
    stderr.write(`${level === 'info' ? '' : `${level}: `}${message}\n`);
  });
  const onProgress = (now: Progress): void => {
    progress.show(now);
    if (now.receivedBytes === now.totalBytes) progress.done();
  };
  const places = zooOptions(env, { platform: process.platform, home: env['HOME'] || homedir(), cwd });
  return createZoo({ ...places, catalogue, log, signal: drain, onProgress });
}
