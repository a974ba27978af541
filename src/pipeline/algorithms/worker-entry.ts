import { parentPort, workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { type PictureRequest, createLog, fail } from '../../core/index.js';
import { type Algorithm, type AlgorithmContext, makeAlgorithm } from './algorithm.js';
import { FrameView, type ViewPixels } from './frame-view.js';
import { loadAlgorithm } from './load-algorithm.js';
import { plainCopy } from './plain-value.js';
import { type AlgorithmOrder, type FromAlgorithm, type SentFrame, type ToAlgorithm, receivedError, sentError } from './protocol.js';
import { NoteTaker } from './run-notes.js';

const NO_NATIVE = 'frame: in a thread of its own (isolate: true) an algorithm has pictures, not the frame; use picture(), rgb() or tensor()';

/** The thread's side of an isolated algorithm. */
class AlgorithmHost {
  readonly #port: MessagePort;
  readonly #order: AlgorithmOrder;
  readonly #stop = new AbortController();
  readonly #pictures = new Map<number, { readonly resolve: (bytes: Uint8Array) => void; readonly reject: (error: unknown) => void }>();
  readonly #runs = new Map<number, AbortController>();
  #lastPicture = 0;
  #algorithm: Algorithm | null = null;

  constructor(port: MessagePort, order: AlgorithmOrder) {
    this.#port = port;
    this.#order = order;
  }

  async open(): Promise<void> {
    try {
      const { file, exportName, settings } = this.#order;
      const algorithm = makeAlgorithm(await loadAlgorithm(file, exportName));
      if (typeof (algorithm as Partial<Algorithm> | undefined)?.run !== 'function') fail('INVALID_ARGUMENT', `${file}: "${exportName}" has no run`);
      await algorithm.init?.(settings, this.#context());
      this.#algorithm = algorithm;
      this.#port.on('message', (message: ToAlgorithm) => this.#receive(message));
      this.#post({ kind: 'ready' });
    } catch (error) {
      this.#post({ kind: 'failed', error: sentError(error, 'CONFIG_INVALID') });
    }
  }

  #context(): AlgorithmContext {
    const { stream, node } = this.#order;
    return { stream, node, signal: this.#stop.signal, log: createLog((record) => this.#post({ kind: 'log', record }), 'debug') };
  }

  #post(message: FromAlgorithm): void {
    this.#port.postMessage(message);
  }

  #receive(message: ToAlgorithm): void {
    if (message.kind === 'run') void this.#run(message.run, message.frames);
    else if (message.kind === 'abort') this.#runs.get(message.run)?.abort(receivedError(message.error));
    else if (message.kind === 'picture') this.#answered(message);
    else void this.#close();
  }

  #answered(message: ToAlgorithm & { kind: 'picture' }): void {
    const asked = this.#pictures.get(message.id);
    this.#pictures.delete(message.id);
    if (message.error) asked?.reject(receivedError(message.error));
    else asked?.resolve(message.bytes);
  }

  async #run(run: number, frames: readonly SentFrame[]): Promise<void> {
    const leave = new AbortController();
    this.#runs.set(run, leave);
    const views = frames.map(({ info, objects }, at) => new FrameView(info, objects, this.#pixels(run, at)));
    const newest = frames.at(-1)!;
    const { node, frameHasGone } = this.#order;
    const taker = new NoteTaker(this.#context(), leave.signal, newest.objects, frameHasGone);
    try {
      const given = await this.#algorithm!.run(views, taker);
      const value = plainCopy(given, `run of ${node} on frame ${newest.info.number}`);
      this.#post({ kind: 'done', run, outcome: { value, notes: taker.close() } });
    } catch (error) {
      this.#post({ kind: 'threw', run, error: sentError(error) });
    } finally {
      taker.close();
      for (const view of views) view.close();
      this.#runs.delete(run);
    }
  }

  #pixels(run: number, frame: number): ViewPixels {
    return {
      picture: (request: PictureRequest) =>
        new Promise((resolve, reject) => {
          const id = ++this.#lastPicture;
          this.#pictures.set(id, { resolve, reject });
          this.#post({ kind: 'picture', id, run, frame, request });
        }),
      native: () => fail('UNSUPPORTED', NO_NATIVE),
    };
  }

  async #close(): Promise<void> {
    this.#stop.abort();
    try {
      await this.#algorithm?.close?.();
      this.#post({ kind: 'closed' });
    } catch (error) {
      this.#post({ kind: 'closed', error: sentError(error) });
    }
    this.#port.close();
  }
}

await new AlgorithmHost(parentPort!, workerData as AlgorithmOrder).open();
