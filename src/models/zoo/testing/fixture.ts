import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { memoryLog } from '../../../core/index.js';
import type { Converter, ZooOptions } from '../options.js';
import type { CatalogueEntry } from '../port.js';
import { sha256 } from './registry.js';

/** A folder of its own for one test, with all that the zoo needs to know; removed at the end. */
export interface ZooFixture extends AsyncDisposable {
  readonly folder: string;
  readonly options: ZooOptions & { readonly log: ReturnType<typeof memoryLog> };
  /** Writes a file below the folder, creating what is above it. @returns its path */
  put(path: string, bytes: Uint8Array | string): Promise<string>;
}

/** Opens one. Retries are quick; npm's settings come from the folder alone (`home/.npmrc`). */
export async function openZooFixture(more: Partial<ZooOptions> = {}): Promise<ZooFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-zoo-'));
  const put = async (path: string, bytes: Uint8Array | string): Promise<string> => {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, bytes);
    return target;
  };
  await put('work/package.json', '{}');
  const env = {
    HOME: join(folder, 'home'),
    npm_config_userconfig: join(folder, 'home/.npmrc'),
    npm_config_globalconfig: join(folder, 'home/global-npmrc'),
    npm_config_cache: join(folder, 'npm-cache'),
    // A proxy of the machine that runs the tests must not be asked for loopback.
    npm_config_noproxy: '127.0.0.1',
  };
  const options = { cacheFolder: join(folder, 'cache'), cwd: join(folder, 'work'), env, backoffMs: 5, log: memoryLog(), ...more };
  return { folder, options: options as ZooFixture['options'], put, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** Bytes that no two seeds share and no gzip shortens much: a seeded xorshift. */
export function noise(bytes: number, seed = 1): Buffer {
  const out = Buffer.alloc(bytes);
  let state = (seed * 2654435761) >>> 0 || 1;
  for (let i = 0; i < bytes; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    out[i] = state & 255;
  }
  return out;
}

/** A catalogue entry about the given bytes; nothing runs it. */
export function entryOf(name: string, only: Pick<CatalogueEntry, 'source'> & Partial<CatalogueEntry>): CatalogueEntry {
  return {
    name,
    card: { summary: `${name} of a test`, task: 'test', licence: 'none', origin: 'noise', figures: [], limits: 'all' },
    file: `${name}.onnx`,
    conversion: 'none',
    picture: {
      input: 'in',
      fit: { mode: 'stretch', size: { width: 4, height: 4 }, order: 'rgb', layout: 'planar', pad: 0 },
      mean: [0, 0, 0],
      std: [1, 1, 1],
    },
    head: { type: 'boxes', outputs: { boxes: 'out' }, confidence: 0.5, maximumIou: 0.5, limit: 10 },
    labels: ['thing'],
    ...only,
  };
}

/** An entry whose file lies at an address. */
export const urlEntry = (name: string, url: string, bytes: Uint8Array): CatalogueEntry =>
  entryOf(name, { source: { kind: 'url', url }, sha256: sha256(bytes), bytes: bytes.length });

/** A converter that joins its files; `calls` counts. */
export function joiningConverter(version = '1'): Converter & { calls: number } {
  const converter = {
    version,
    calls: 0,
    convert(files: readonly { readonly bytes: Uint8Array }[]): Uint8Array {
      converter.calls++;
      return Buffer.concat([Buffer.from(`made by ${version}:`), ...files.map((file) => file.bytes)]);
    },
  };
  return converter;
}
