import { type FileHandle, open } from 'node:fs/promises';
import { type EventMeta, type Fault, type FrameMeta, toEventRecord, toLine } from '../core/index.js';
import { prepareOutput, writeFault } from './output-folder.js';
import type { Sink } from './port.js';

/** Options of {@link openJsonl}. */
export interface JsonlOptions {
  /** `results` (when absent): a `ResultRecord` for each frame. `events`: an `EventRecord` for each thing that happened. */
  readonly of?: 'results' | 'events';
  readonly overwrite?: boolean;
  /** How long a line may wait for company before it is written; 250 ms when absent. */
  readonly flushAfterMs?: number;
  /** Waiting characters at which the producer is held back; 1 MiB when absent. */
  readonly highWater?: number;
}

/**
 * Opens a file of one JSON record a line. Lines are written whole, several in one write; after a failed write
 * the file is cut back to its last whole line.
 * @throws Fault ALREADY_EXISTS, OUTPUT_FAILED
 */
export async function openJsonl(path: string, options: JsonlOptions = {}): Promise<Sink & { readonly lines: number }> {
  await prepareOutput(path, options);
  const file = await open(path, options.overwrite ? 'w' : 'wx').catch((error: unknown) => {
    throw writeFault(path, error);
  });
  return new JsonlSink(path, file, options.of ?? 'results', options.flushAfterMs ?? 250, options.highWater ?? 1 << 20);
}

class JsonlSink implements Sink {
  #waiting = '';
  #writing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #wholeBytes = 0;
  #failure: Fault | null = null;
  #closed = false;
  lines = 0;

  constructor(
    readonly path: string,
    readonly file: FileHandle,
    readonly of: 'results' | 'events',
    readonly flushAfterMs: number,
    readonly highWater: number,
  ) {}

  async write(meta: FrameMeta, events: readonly EventMeta[] = []): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (this.of === 'results') this.#take(toLine(meta));
    else for (const event of events) this.#take(JSON.stringify(toEventRecord(event)));
    if (this.#waiting === '') return;
    if (this.#waiting.length >= this.highWater) await this.#flush();
    else this.#timer ??= setTimeout(() => void this.#flush().catch(() => {}), this.flushAfterMs);
  }

  #take(line: string): void {
    this.#waiting += `${line}\n`;
    this.lines++;
  }

  async finish(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      await this.#flush();
    } finally {
      await this.file.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.finish().catch(() => {});
  }

  /** Writes what waits, and what came to wait meanwhile. A failure stays and meets the next caller. */
  async #flush(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = null));
    await this.#writing;
    if (this.#failure) throw this.#failure;
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting !== '' && this.#failure === null) {
      const lines = Buffer.from(this.#waiting);
      this.#waiting = '';
      try {
        for (let at = 0; at < lines.length;) at += (await this.file.write(lines, at)).bytesWritten;
        this.#wholeBytes += lines.length;
      } catch (error) {
        await this.file.truncate(this.#wholeBytes).catch(() => {});
        this.#failure = writeFault(this.path, error);
      }
    }
  }
}
