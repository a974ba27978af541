import { Worker } from 'node:worker_threads';
import { Fault, type Log, type LogRecord, type PictureRequest, fail, throwIfAborted, workerEnvironment } from '../../core/index.js';
import type { AlgorithmContext } from './algorithm.js';
import type { AlgorithmInstance, RunOutcome } from './instance.js';
import { type AlgorithmOrder, type FromAlgorithm, type ToAlgorithm, receivedError, sentError } from './protocol.js';
import type { SeenFrame } from './seen-frame.js';

/** How long an algorithm may take to heed an abort, or to close, before its thread is ended. It may be inside a native run, which must not be cut off. */
export const GRACE_MS = 5000;

/** Parts that tests replace. */
export interface IsolationOptions {
  readonly graceMs?: number;
}

interface Running {
  readonly run: number;
  readonly frames: readonly SeenFrame[];
  readonly settle: (outcome: RunOutcome | Fault) => void;
}

function write(log: Log, { level, message, fields }: LogRecord): void {
  log[level](message, fields);
}

/** Shared memory is lent; what was rendered for this call alone is handed over; anything else travels as a copy. */
async function pictureOf({ frame }: SeenFrame, request: PictureRequest): Promise<{ readonly bytes: Uint8Array; readonly transfer: ArrayBuffer[] }> {
  let own: ArrayBuffer | undefined;
  const bytes = await frame.picture(request, (length) => {
    const made = new Uint8Array(length);
    own = made.buffer;
    return made;
  });
  return { bytes, transfer: own !== undefined && bytes.buffer === own ? [own] : [] };
}

/** One thread with one algorithm: from its start to its end. */
class AlgorithmThread {
  readonly #worker: Worker;
  readonly #log: Log;
  #running: Running | null = null;
  #lastRun = 0;
  #reason: string | null = null;
  ended = false;
  readonly ready: Promise<void>;
  readonly end: Promise<void>;
  #opened: { readonly resolve: () => void; readonly reject: (fault: Fault) => void } | null = null;

  constructor(order: AlgorithmOrder, log: Log) {
    this.#log = log;
    this.#worker = startThread(order);
    this.ready = new Promise((resolve, reject) => (this.#opened = { resolve, reject }));
    this.ready.catch(() => {});
    this.end = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        this.#over(`its thread ended: ${this.#reason ?? `exit code ${code}`}`);
        resolve();
      });
    });
    this.#worker.on('error', (error) => (this.#reason = `${error.name}: ${error.message}`));
    this.#worker.on('message', (message: FromAlgorithm) => this.#receive(message));
  }

  run(frames: readonly SeenFrame[]): { readonly run: number; readonly outcome: Promise<RunOutcome> } {
    const run = ++this.#lastRun;
    this.#worker.ref();
    const outcome = new Promise<RunOutcome>((resolve, reject) => {
      const settle = (given: RunOutcome | Fault): void => (given instanceof Fault ? reject(given) : resolve(given));
      this.#running = { run, frames, settle };
    });
    this.#post({ kind: 'run', run, frames: frames.map(({ frame, objects }) => ({ info: frame.info, objects })) });
    return { run, outcome };
  }

  abort(run: number, reason: unknown): void {
    if (this.#running?.run === run) this.#post({ kind: 'abort', run, error: sentError(reason) });
  }

  /** Asks it to close, and ends it when it does not within the grace. */
  async close(graceMs: number): Promise<void> {
    this.#worker.ref();
    this.#post({ kind: 'close' });
    const timer = setTimeout(() => void this.terminate(), graceMs);
    await this.end;
    clearTimeout(timer);
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #post(message: ToAlgorithm, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #receive(message: FromAlgorithm): void {
    switch (message.kind) {
      case 'ready':
        this.#worker.unref();
        return this.#opened?.resolve();
      case 'failed':
        return this.#opened?.reject(receivedError(message.error));
      case 'log':
        return write(this.#log, message.record);
      case 'picture':
        return void this.#picture(message.id, message.run, message.frame, message.request);
      case 'done':
        return this.#settle(message.run, message.outcome);
      case 'threw':
        return this.#settle(message.run, receivedError(message.error));
      case 'closed':
        if (message.error) this.#log.warn(`close: ${message.error.message}`);
    }
  }

  #settle(run: number, given: RunOutcome | Fault): void {
    const running = this.#running;
    if (running?.run !== run) return;
    this.#running = null;
    this.#worker.unref();
    running.settle(given);
  }

  async #picture(id: number, run: number, at: number, request: PictureRequest): Promise<void> {
    try {
      const seen = this.#running?.run === run ? this.#running.frames[at] : undefined;
      const { bytes, transfer } = await pictureOf(seen ?? fail('FAILED_PRECONDITION', 'a picture was asked for after the run'), request);
      this.#post({ kind: 'picture', id, bytes }, transfer);
    } catch (error) {
      this.#post({ kind: 'picture', id, error: sentError(error) });
    }
  }

  #over(why: string): void {
    this.ended = true;
    const fault = new Fault('UNAVAILABLE', why);
    this.#opened?.reject(fault);
    const running = this.#running;
    this.#running = null;
    running?.settle(fault);
    if (!running && this.#reason !== null) this.#log.warn(`between two runs ${why}; it is started again for the next`);
  }
}

function startThread(order: AlgorithmOrder): Worker {
  try {
    return new Worker(new URL('./worker-entry.js', import.meta.url), { workerData: order, execArgv: [], env: workerEnvironment() });
  } catch (error) {
    if (error instanceof Error && error.name === 'DataCloneError')
      fail('CONFIG_INVALID', `settings must be plain data for isolate: ${error.message}`, error);
    throw error;
  }
}

/**
 * An algorithm in a thread of its own, so that what it does to its thread (an endless loop, an uncaught error, process.exit) is done to that
 * thread alone: it is replaced when it is next needed.
 */
class IsolatedAlgorithm implements AlgorithmInstance {
  #thread: AlgorithmThread;

  constructor(
    first: AlgorithmThread,
    readonly order: AlgorithmOrder,
    readonly log: Log,
    readonly graceMs: number,
  ) {
    this.#thread = first;
  }

  async run(frames: readonly SeenFrame[], signal: AbortSignal): Promise<RunOutcome> {
    if (this.#thread.ended) this.#thread = new AlgorithmThread(this.order, this.log);
    const thread = this.#thread;
    let run: number | undefined;
    let grace: NodeJS.Timeout | undefined;
    const abort = (): void => {
      if (run !== undefined) thread.abort(run, signal.reason);
      grace = setTimeout(() => void thread.terminate(), this.graceMs);
    };
    throwIfAborted(signal);
    signal.addEventListener('abort', abort, { once: true });
    try {
      await thread.ready;
      throwIfAborted(signal);
      const running = thread.run(frames);
      run = running.run;
      return await running.outcome;
    } finally {
      clearTimeout(grace);
      signal.removeEventListener('abort', abort);
    }
  }

  async close(): Promise<void> {
    if (!this.#thread.ended) await this.#thread.close(this.graceMs);
  }
}

/** Starts a thread and waits for the algorithm's `init` in it. @throws Fault as `loadAlgorithm`, what `init` throws; UNAVAILABLE where the thread ended; CONFIG_INVALID for settings that cannot travel */
export async function openIsolated(
  order: AlgorithmOrder,
  { log }: Pick<AlgorithmContext, 'log'>,
  { graceMs = GRACE_MS }: IsolationOptions = {},
): Promise<AlgorithmInstance> {
  const thread = new AlgorithmThread(order, log);
  try {
    await thread.ready;
  } catch (error) {
    await thread.terminate();
    throw error;
  }
  return new IsolatedAlgorithm(thread, order, log, graceMs);
}
