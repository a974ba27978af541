import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fail } from '../../core/index.js';
import { isAddress } from '../config-file.js';
import { outputPaths } from '../config-outputs.js';
import type { PipelineConfig } from '../config.js';

interface UsedFile {
  readonly path: string;
  /** What it is for, such as `source street`. */
  readonly use: string;
}

/** Files that are read. */
function inputsOf({ sources, nodes }: PipelineConfig): UsedFile[] {
  const streams = Object.entries(sources).flatMap(([name, { uri }]): UsedFile[] => {
    if (uri.startsWith('file://')) return [{ path: fileURLToPath(uri), use: `source ${name}` }];
    return isAddress(uri) ? [] : [{ path: uri, use: `source ${name}` }];
  });
  const models = Object.entries(nodes).flatMap(([name, node]): UsedFile[] =>
    'model' in node && typeof node.model === 'object' && node.model.file !== undefined
      ? [{ path: node.model.file, use: `model of node ${name}` }]
      : [],
  );
  const code = Object.entries(nodes).flatMap(([name, node]): UsedFile[] =>
    'algorithm' in node && typeof node.algorithm === 'string' ? [{ path: node.algorithm, use: `algorithm of node ${name}` }] : [],
  );
  return [...streams, ...models, ...code];
}

/** Files that are written. */
function outputsOf({ sources, outputs, sinks }: PipelineConfig): UsedFile[] {
  const streams = Object.keys(sources);
  const made = Object.entries(outputs).flatMap(([name, output]) =>
    outputPaths(output, streams).map((path): UsedFile => ({ path, use: `output ${name}` })),
  );
  return [...made, ...Object.entries(sinks).map(([name, { jsonl }]): UsedFile => ({ path: jsonl, use: `sink ${name}` }))];
}

/** What the disk knows a file by, whatever links lead to it; undefined for devices and pipes, which several may share. */
async function identityOf(path: string): Promise<string | undefined> {
  const there = await stat(path, { bigint: true }).catch(() => undefined);
  if (there) return there.isFile() ? `${there.dev}:${there.ino}` : undefined;
  const folder = dirname(resolve(path));
  return join(await realpath(folder).catch(() => folder), basename(path));
}

/** Makes sure that nothing is written over a file that is read, and no two things into one file. @throws Fault INVALID_ARGUMENT */
export async function checkDistinctFiles(config: PipelineConfig): Promise<void> {
  const taken = new Map<string, string>();
  for (const { path, use } of inputsOf(config)) taken.set((await identityOf(path)) ?? path, use);
  for (const { path, use } of outputsOf(config)) {
    const identity = await identityOf(path);
    if (identity === undefined) continue;
    const other = taken.get(identity);
    if (other !== undefined) fail('INVALID_ARGUMENT', `${use} cannot be written to ${path}: that file is the ${other}; choose another output`);
    taken.set(identity, use);
  }
}
