import { createHash } from 'node:crypto';
import type { Tensor } from '../core/index.js';
import type { HostAnswer } from '../models/index.js';
import { copied } from './sendable.js';

/** An answer as it is kept. */
export type CachedAnswer = Pick<HostAnswer, 'outputs' | 'parameters'>;

/** Rough cost of an entry besides its data. */
const ENTRY_BYTES = 256;

/** Bytes of a tensor's data. */
function bytesOf({ data }: Tensor): number {
  if ('buffer' in data) return data.byteLength;
  return data.reduce((sum, element) => sum + element.byteLength, 0);
}

/** Answers by what was asked; those not asked for longest make room first. */
export class ResponseCache {
  readonly #entries = new Map<string, { readonly answer: CachedAnswer; readonly bytes: number }>();
  #bytes = 0;

  /** Holds at most `limitBytes`. */
  constructor(readonly limitBytes: number) {}

  /** Bytes held at present. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Answers held at present. */
  get size(): number {
    return this.#entries.size;
  }

  /** A copy of the answer, the caller's own. */
  get(key: string): CachedAnswer | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return { ...entry.answer, outputs: entry.answer.outputs.map(copied) };
  }

  /** Keeps a copy of an answer; one that is larger than the whole cache is not kept. */
  put(key: string, { outputs, parameters }: CachedAnswer): void {
    const bytes = outputs.reduce((sum, output) => sum + bytesOf(output), ENTRY_BYTES);
    if (bytes > this.limitBytes) return;
    this.#drop(key);
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes + bytes <= this.limitBytes) break;
      this.#drop(oldest);
    }
    const answer = { outputs: outputs.map(copied), ...(parameters && { parameters }) };
    this.#entries.set(key, { answer, bytes });
    this.#bytes += bytes;
  }

  /** Drops the answers of a model: keys that begin so. */
  clear(prefix: string): void {
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#drop(key);
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes;
  }
}

/** The key of a request: equal only for equal inputs and wanted outputs. `prefix` sets models apart. */
export function cacheKey(prefix: string, inputs: readonly Tensor[], outputs: readonly string[] | undefined): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(outputs ?? null));
  for (const tensor of inputs.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const { name, datatype, shape, data } = tensor;
    hash.update(JSON.stringify([name, datatype, shape]));
    if ('buffer' in data) hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    else for (const element of data) hash.update(`${element.byteLength};`).update(element);
  }
  return prefix + hash.digest('base64');
}
