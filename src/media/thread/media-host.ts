import { Frame, type FrameInfo, MICROSECONDS, type PictureRequest, createLog, fail, pictureBytes } from '../../core/index.js';
import { readShapes } from '../../vision/index.js';
import { packedPixels } from '../packed-pixels.js';
import type { Composer, PicturePart } from '../composition.js';
import type { ImageFormat, Media, VideoSource, VideoWriter } from '../port.js';
import type { Take } from '../take.js';
import { PictureSlots } from './picture-slots.js';
import {
  type Call,
  type ClosedFrame,
  FRAMES_A_MESSAGE,
  FRAMES_AHEAD,
  type FlatNotice,
  type FrameNotice,
  type FromMedia,
  type SentFault,
  type SentOptions,
  type SentPicture,
  type SlotRef,
  type ToMedia,
  flatNotice,
  sentFault,
} from './protocol.js';
import { WantedPictures } from './wanted-pictures.js';

/** Time of a picture that has none. */
const NO_TIME = { ticks: 0n, timeBase: MICROSECONDS };

interface HeldSource {
  readonly source: VideoSource;
  readonly wanted: WantedPictures;
}

interface HeldFrame {
  readonly frame: Frame;
  readonly wanted: WantedPictures;
  /** Slots of the pictures made of it, by key. */
  readonly slots: Map<string, number>;
}

interface Run {
  readonly leave: AbortController;
  /** Frames that may still be sent before the reader takes one. */
  credit: number;
  /** Frames that wait for company in one message. */
  waiting: FlatNotice[];
  wake: () => void;
}

/** The media thread's side: holds sources, writers and frames, does what it is asked, and makes pictures ahead. */
export class MediaHost {
  readonly #sources = new Map<number, HeldSource>();
  readonly #writers = new Map<number, VideoWriter>();
  readonly #composers = new Map<number, Composer>();
  readonly #frames = new Map<number, HeldFrame>();
  readonly #runs = new Map<number, Run>();
  readonly #calls = new Map<number, AbortController>();
  readonly #slots = new PictureSlots();
  #nextId = 1;

  constructor(
    readonly media: Media,
    readonly post: (message: FromMedia) => void,
  ) {}

  receive(message: Exclude<ToMedia, { kind: 'end' }>): void {
    if (message.kind === 'call') void this.#answer(message.id, message.call);
    else if (message.kind === 'abort') this.#calls.get(message.id)?.abort();
    else if (message.kind === 'frames') void this.#play(message.run, message.source, message.take);
    else if (message.kind === 'stop') this.#runs.get(message.run)?.leave.abort();
    else this.#more(message.run, message.count, message.closed);
  }

  async #answer(id: number, call: Call): Promise<void> {
    const cancel = new AbortController();
    this.#calls.set(id, cancel);
    try {
      this.post({ kind: 'reply', id, value: await this.#do(id, call, cancel.signal) });
    } catch (error) {
      this.post({ kind: 'reply', id, fault: sentFault(error) });
    } finally {
      this.#calls.delete(id);
    }
  }

  #do(id: number, call: Call, signal: AbortSignal): Promise<unknown> {
    switch (call.op) {
      case 'probe':
        return this.media.probe(call.uri, { ...this.#heard(id, call.options), signal });
      case 'open':
        return this.#open(id, call.uri, call.options, signal);
      case 'seek':
        return this.#source(call.source).source.seek(call.timeMs);
      case 'close-source':
        return this.#closeSource(call.source);
      case 'render':
        return this.#render(call.frame, call.key, call.request);
      case 'create-writer':
        return this.#createWriter(id, call);
      case 'write':
        return this.#write(call);
      case 'encode-image':
        return this.#encodeImage(call.picture, call.format);
      case 'create-composer':
        return this.#createComposer();
      case 'compose':
        return this.#compose(call);
      case 'close-composer':
        return this.#closeComposer(call.composer);
      case 'finish-writer':
        return this.#writer(call.writer).finish();
      case 'close-writer':
        return this.#closeWriter(call.writer);
    }
  }

  /** Options with a log whose records are sent back under the call's id. */
  #heard<T>(id: number, { hears, ...options }: SentOptions<T>): Omit<SentOptions<T>, 'hears'> {
    return hears ? { ...options, log: createLog((record) => this.post({ kind: 'log', id, record }), 'debug') } : options;
  }

  async #open(id: number, uri: string, options: Extract<Call, { op: 'open' }>['options'], signal: AbortSignal): Promise<unknown> {
    // The call's signal ends with the call; each run has one of its own.
    const source = await this.media.open(uri, { ...this.#heard(id, options), signal });
    const handle = this.#nextId++;
    this.#sources.set(handle, { source, wanted: new WantedPictures() });
    return { source: handle, info: source.info, losses: source.losses };
  }

  async #closeSource(handle: number): Promise<void> {
    const { source } = this.#source(handle);
    this.#sources.delete(handle);
    await source[Symbol.asyncDispose]();
  }

  async #play(id: number, handle: number, take: Take | undefined): Promise<void> {
    const run: Run = { leave: new AbortController(), credit: FRAMES_AHEAD, waiting: [], wake: () => {} };
    this.#runs.set(id, run);
    run.leave.signal.addEventListener('abort', () => run.wake());
    const held = this.#sources.get(handle);
    let fault: SentFault | undefined;
    try {
      if (!held) fail('FAILED_PRECONDITION', 'the source is closed');
      for await (const frame of held.source.frames({ signal: run.leave.signal, ...(take ? { take } : {}) })) {
        while (run.credit === 0 && !run.leave.signal.aborted) await new Promise<void>((resolve) => (run.wake = resolve));
        if (run.leave.signal.aborted) {
          frame.close();
          break;
        }
        run.credit--;
        run.waiting.push(flatNotice(await this.#hold(frame, held.wanted)));
        this.#send(id, run);
      }
    } catch (error) {
      fault = sentFault(error);
    }
    this.#runs.delete(id);
    if (run.waiting.length > 0) this.post({ kind: 'frames', run: id, notices: run.waiting });
    const losses = held?.source.losses ?? { corruptPackets: 0, damagedFrames: 0, truncated: false };
    this.post({ kind: 'run-end', run: id, losses, ...(fault ? { fault } : {}) });
  }

  /** A message costs the reader more than a frame: while it has frames to go on with, they are told of together. */
  #send(id: number, run: Run): void {
    const unread = FRAMES_AHEAD - run.credit - run.waiting.length;
    if (unread > 0 && run.waiting.length < FRAMES_A_MESSAGE) return;
    this.post({ kind: 'frames', run: id, notices: run.waiting });
    run.waiting = [];
  }

  async #hold(frame: Frame, wanted: WantedPictures): Promise<FrameNotice> {
    const id = this.#nextId++;
    const held: HeldFrame = { frame, wanted, slots: new Map() };
    this.#frames.set(id, held);
    const pictures: SlotRef[] = [];
    for (const { key, request } of wanted.ahead) {
      try {
        pictures.push(await this.#picture(held, key, request));
      } catch {
        // Whoever asks for it meets the fault.
        wanted.drop(key);
      }
    }
    const { stream, number, pts, size, pixels } = frame;
    const { width, height } = size;
    return { frame: id, stream, number, ticks: pts.ticks, width, height, bytes: pixels.bytes, label: pixels.label, pictures };
  }

  async #picture(held: HeldFrame, key: string, request: PictureRequest): Promise<SlotRef> {
    const slot = this.#slots.take(pictureBytes(request));
    try {
      await held.frame.pixels.render(request, this.#slots.bytesOf(slot));
    } catch (error) {
      this.#slots.give(slot);
      throw error;
    }
    if (held.frame.closed) {
      this.#slots.give(slot);
      return fail('CANCELLED', 'the frame was closed meanwhile');
    }
    const twin = held.slots.get(key);
    if (twin === undefined) held.slots.set(key, slot);
    else this.#slots.give(slot);
    return this.#slots.refOf(key, twin ?? slot);
  }

  async #render(id: number, key: string, request: PictureRequest): Promise<SlotRef> {
    const held = this.#frame(id);
    held.wanted.asked(key, request);
    using _ = held.frame.retain('render');
    return this.#picture(held, key, request);
  }

  #more(id: number, count: number, closed: readonly ClosedFrame[]): void {
    for (const { frame, unused } of closed) {
      const held = this.#frames.get(frame);
      if (!held) continue;
      this.#frames.delete(frame);
      held.wanted.closed([...held.slots.keys()], unused);
      for (const slot of held.slots.values()) this.#slots.give(slot);
      held.frame.close();
    }
    const run = this.#runs.get(id);
    if (!run) return;
    run.credit += count;
    run.wake();
    if (run.waiting.length > 0) this.#send(id, run);
  }

  async #createWriter(id: number, { path, options }: Extract<Call, { op: 'create-writer' }>): Promise<number> {
    const writer = await this.media.createWriter(path, this.#heard(id, options));
    const handle = this.#nextId++;
    this.#writers.set(handle, writer);
    return handle;
  }

  async #write({ writer, pts, number, picture, shapes: flat }: Extract<Call, { op: 'write' }>): Promise<void> {
    const target = this.#writer(writer);
    const shapes = flat ? readShapes(flat) : [];
    using frame = this.#shown(picture, { number, pts });
    await target.write(frame, shapes);
  }

  /** The frame that was sent; to be closed. */
  #shown(picture: SentPicture, told: Partial<FrameInfo> = {}): Frame {
    if ('frame' in picture) return this.#frame(picture.frame).frame.retain('media thread', told);
    const { rgb, size } = picture;
    const info = { stream: 'made elsewhere', number: 0, pts: NO_TIME, ...told, size };
    return Frame.of(
      packedPixels(`frame ${info.number}`, size, () => rgb),
      info,
      'media thread',
    );
  }

  async #encodeImage(picture: SentPicture, format: ImageFormat): Promise<Uint8Array> {
    if ('rgb' in picture) return this.media.encodeImage(picture, format);
    using frame = this.#shown(picture);
    return await this.media.encodeImage(frame, format);
  }

  async #createComposer(): Promise<number> {
    const composer = await this.media.createComposer();
    const handle = this.#nextId++;
    this.#composers.set(handle, composer);
    return handle;
  }

  async #compose({ composer, parts, composition }: Extract<Call, { op: 'compose' }>): Promise<FlatNotice> {
    const target = this.#composer(composer);
    const shown = parts.map(({ picture }) => (picture ? this.#shown(picture) : undefined));
    try {
      const placed = parts.map(({ picture: _, shapes, ...part }, i): PicturePart => {
        const frame = shown[i];
        return { ...part, ...(frame ? { frame } : {}), ...(shapes ? { shapes: readShapes(shapes) } : {}) };
      });
      return flatNotice(await this.#hold(await target.compose(placed, composition), new WantedPictures()));
    } finally {
      for (const frame of shown) frame?.close();
    }
  }

  async #closeComposer(handle: number): Promise<void> {
    const composer = this.#composer(handle);
    this.#composers.delete(handle);
    await composer[Symbol.asyncDispose]();
  }

  #composer(handle: number): Composer {
    return this.#composers.get(handle) ?? fail('FAILED_PRECONDITION', 'the composer is closed');
  }

  async #closeWriter(handle: number): Promise<void> {
    const writer = this.#writer(handle);
    this.#writers.delete(handle);
    await writer[Symbol.asyncDispose]();
  }

  #source(handle: number): HeldSource {
    return this.#sources.get(handle) ?? fail('FAILED_PRECONDITION', 'the source is closed');
  }

  #writer(handle: number): VideoWriter {
    return this.#writers.get(handle) ?? fail('FAILED_PRECONDITION', 'the writer is closed');
  }

  #frame(id: number): HeldFrame {
    return this.#frames.get(id) ?? fail('INTERNAL', 'the frame was used after close()');
  }
}
