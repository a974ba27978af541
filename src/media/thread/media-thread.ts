import type { Worker } from 'node:worker_threads';
import { type Fault, type Log, type LogRecord, toFault } from '../../core/index.js';
import type { Take } from '../take.js';
import {
  FRAMES_AHEAD,
  type Call,
  type ClosedFrame,
  type FlatNotice,
  type FrameNotice,
  type FromMedia,
  type SlotRef,
  type ToMedia,
  readNotice,
  receivedFault,
} from './protocol.js';

/** How long the thread stays when nothing is open. */
const LINGER_MS = 2000;

interface Pending {
  resolve(value: unknown): void;
  reject(fault: Fault): void;
  readonly log: Log | undefined;
}

/** Longest that an ending process waits for the thread. */
const LEAVE_MS = 5000;

/** Who hears of a run. */
export interface RunListener {
  frame(notice: FrameNotice): void;
  end(message: Extract<FromMedia, { kind: 'run-end' }>): void;
}

/** The steering side of the media thread: starts it when needed, lets it end when nothing is open, keeps calls and replies together. */
export class MediaThread {
  #worker: Worker | null = null;
  readonly #calls = new Map<number, Pending>();
  readonly #runs = new Map<number, RunListener>();
  readonly #logs = new Map<number, Log>();
  readonly #memory = new Map<number, Uint8Array<SharedArrayBuffer>>();
  #nextId = 1;
  #open = 0;
  #frames = 0;
  #linger: NodeJS.Timeout | null = null;
  #closed: ClosedFrame[] = [];
  #flushing = false;

  constructor(readonly start: () => Worker) {}

  /** Asks, and waits for the answer. @throws Fault of the other side; UNAVAILABLE when the thread died; CANCELLED on abort */
  async call<T>(
    call: Call,
    { log, signal, transfer = [] }: { log?: Log | undefined; signal?: AbortSignal | undefined; transfer?: readonly ArrayBuffer[] } = {},
  ): Promise<T> {
    const id = this.#nextId++;
    const cancel = (): void => this.#post({ kind: 'abort', id });
    signal?.addEventListener('abort', cancel, { once: true });
    this.hold();
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#calls.set(id, { resolve: resolve as (value: unknown) => void, reject, log });
        this.#post({ kind: 'call', id, call }, transfer);
      });
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.release();
    }
  }

  /** Starts a run; the listener hears of its frames and its end. */
  play(source: number, take: Take | undefined, listener: RunListener): number {
    const run = this.#nextId++;
    this.#runs.set(run, listener);
    this.hold();
    this.#post({ kind: 'frames', run, source, take });
    return run;
  }

  /** Takes over a frame that a call answered with. */
  adopt(flat: FlatNotice): FrameNotice {
    this.#frames++;
    return readNotice(flat);
  }

  stop(run: number): void {
    this.#post({ kind: 'stop', run });
  }

  /** Lets `count` more frames of the run come; frames closed since are told of with it. */
  more(run: number, count: number): void {
    if (!this.#worker) return;
    const closed = this.#closed;
    this.#closed = [];
    this.#post({ kind: 'more', run, count, closed });
  }

  /** A frame went. Told with the next {@link more}, or soon where none comes. */
  closed(frame: ClosedFrame): void {
    if (!this.#worker) return;
    this.#frames--;
    this.#closed.push(frame);
    // While frames are pulled, `more` takes these along.
    if (this.#flushing || (this.#runs.size > 0 && this.#closed.length <= FRAMES_AHEAD)) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      if (this.#closed.length > 0) this.more(0, 0);
    });
  }

  /** The picture in a slot. */
  picture({ slot, memory }: SlotRef): Uint8Array<SharedArrayBuffer> {
    if (memory) this.#memory.set(slot, new Uint8Array(memory));
    return this.#memory.get(slot)!;
  }

  /** Something is open that keeps the thread, and the process, alive. */
  hold(): void {
    if (this.#linger) clearTimeout(this.#linger);
    this.#linger = null;
    this.#open++;
    this.#started().ref();
  }

  /** The other half of {@link hold}. */
  release(): void {
    if (--this.#open > 0 || !this.#worker) return;
    this.#worker.unref();
    this.#stay();
  }

  #stay(): void {
    process.off('beforeExit', this.#leave).once('beforeExit', this.#leave);
    this.#linger = setTimeout(() => this.#end(), LINGER_MS);
    this.#linger.unref();
  }

  /** Frames that outlive their source keep the thread, but not the process. */
  #end(): void {
    if (this.#open > 0) return;
    if (this.#frames > 0) return this.#stay();
    this.#leave();
  }

  /** The process waits for the thread's end: cut off while libav still closes something, the thread would take the process down. */
  readonly #leave = (): void => {
    const worker = this.#worker;
    if (!worker || this.#open > 0) return;
    if (this.#linger) clearTimeout(this.#linger);
    process.off('beforeExit', this.#leave);
    this.#post({ kind: 'end' });
    worker.ref();
    this.#forget();
    setTimeout(() => worker.unref(), LEAVE_MS).unref();
  };

  #post(message: ToMedia, transfer: readonly ArrayBuffer[] = []): void {
    this.#started().postMessage(message, transfer);
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const worker = this.start();
    this.#worker = worker;
    worker.on('message', (message: FromMedia) => this.#receive(message));
    worker.on('error', (error) => this.#died(worker, error));
    worker.on('exit', () => this.#died(worker, new Error('it ended')));
    return worker;
  }

  #receive(message: FromMedia): void {
    if (message.kind === 'frames') {
      this.#frames += message.notices.length;
      const listener = this.#runs.get(message.run);
      for (const flat of message.notices) {
        const notice = readNotice(flat);
        // Memory is told of once: it must be kept even where nobody takes this frame any more.
        for (const ref of notice.pictures) this.picture(ref);
        listener?.frame(notice);
      }
    } else if (message.kind === 'reply') this.#settle(message);
    else if (message.kind === 'run-end') this.#runEnd(message);
    else this.#tell(message.id, message.record);
  }

  #settle(message: Extract<FromMedia, { kind: 'reply' }>): void {
    const pending = this.#calls.get(message.id);
    this.#calls.delete(message.id);
    if (!pending) return;
    if (message.fault) pending.reject(receivedFault(message.fault));
    else {
      // What was opened goes on talking under the id of the call that opened it.
      if (pending.log) this.#logs.set(message.id, pending.log);
      pending.resolve(message.value);
    }
  }

  #runEnd(message: Extract<FromMedia, { kind: 'run-end' }>): void {
    const listener = this.#runs.get(message.run);
    this.#runs.delete(message.run);
    this.release();
    listener?.end(message);
  }

  #tell(id: number, { level, message, fields }: LogRecord): void {
    (this.#calls.get(id)?.log ?? this.#logs.get(id))?.[level](message, fields);
  }

  #died(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return;
    const fault = toFault(error, 'UNAVAILABLE', 'the media thread stopped: ');
    const losses = { corruptPackets: 0, damagedFrames: 0, truncated: true };
    const calls = [...this.#calls.values()];
    const runs = [...this.#runs.entries()];
    this.#forget();
    for (const { reject } of calls) reject(fault);
    for (const [run, listener] of runs) listener.end({ kind: 'run-end', run, losses, fault: { code: 'UNAVAILABLE', message: fault.message } });
  }

  #forget(): void {
    this.#worker = null;
    this.#calls.clear();
    this.#runs.clear();
    this.#logs.clear();
    this.#memory.clear();
    this.#closed = [];
    this.#open = 0;
    this.#frames = 0;
  }
}
