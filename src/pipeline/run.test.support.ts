import { Fault } from '../core/index.js';
import { type FakeAnswer, type FakeEngine, fakeEngine } from '../inference/index.js';
import { type FakeClip, type Media, fakeMedia } from '../media/index.js';
import type { ModelDefinition, ModelSource } from '../models/index.js';

/** Size of frames and of the models' pictures: boxes need no scaling. */
export const SIZE = { width: 64, height: 64 };

const definitionOf = (name: string): ModelDefinition => ({
  name,
  weights: { runtime: 'fake', path: 'fake:identity' },
  picture: {
    input: 'images',
    fit: { mode: 'stretch', size: SIZE, order: 'rgb', layout: 'packed', pad: 0 },
    mean: [0, 0, 0],
    std: [1, 1, 1],
  },
  head: name.startsWith('looks')
    ? { type: 'values', outputs: {}, confidence: 0.3, maximumIou: 0.5, limit: 10, settings: { values: { shade: {} } } }
    : { type: 'boxes', outputs: {}, confidence: 0.3, maximumIou: 0.5, limit: 10 },
  labels: ['thing', 'other'],
});

/** Models by any name: `looks...` tell the shade of a picture, all others are detectors. */
export const models: ModelSource = { named: async (name) => definitionOf(name), own: async (own) => own };

/** The gray of a frame of {@link clip}: tells which frame of its first 250 a picture was made of. */
export const frameOf = (shade: number): number => shade - 1;

/** A clip whose frames are of one gray each, rising by one. 25 frames a second. */
export const clip = (frames: number, more: FakeClip = {}): FakeClip => ({
  size: SIZE,
  frames,
  rgb: (number) => new Uint8Array(SIZE.width * SIZE.height * 3).fill((number + 1) % 256),
  ...more,
});

/** An engine whose detectors see one thing, and whose other models tell the shade of their picture; `before` is waited for. */
export function engineOf(before: (model: string, shade: number) => Promise<void> | void = () => {}): FakeEngine & { readonly loads: string[] } {
  const loads: string[] = [];
  const engine = fakeEngine({
    async answer({ inputs, thresholds }, { name }): Promise<FakeAnswer> {
      const shade = (inputs[0]!.data as Uint8Array)[0]!;
      await before(name, shade);
      if (name.startsWith('looks')) return { answers: [{ kind: 'values', values: { shade } }] };
      const scores = [0.9, 0.5].filter((score) => score >= (thresholds?.confidence ?? 0));
      const boxes = Float32Array.from(scores.flatMap((_, at) => [at * 20, 0, at * 20 + 20, 40]));
      return { answers: [{ kind: 'detections', boxes, scores: Float32Array.from(scores), classIds: Int32Array.from(scores, (_, at) => at) }] };
    },
  });
  return {
    ...engine,
    get models() {
      return engine.models;
    },
    get requests() {
      return engine.requests;
    },
    loads,
    load: (definition, options) => {
      loads.push(definition.name);
      return engine.load(definition, options);
    },
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
}

/** Media whose sources differ each time they are opened: the n-th opening of an address plays its n-th clip, the last one for ever after. Tells what was opened, and what was closed. */
export function mediaOpening(clips: Readonly<Record<string, readonly FakeClip[]>>): Media & { readonly opened: string[]; readonly left: string[] } {
  const opened: string[] = [];
  const left: string[] = [];
  const times = new Map<string, number>();
  const base = fakeMedia({ anyClip: clip(1) });
  return {
    ...base,
    opened,
    left,
    open: async (uri, options) => {
      const nth = times.get(uri) ?? 0;
      times.set(uri, nth + 1);
      opened.push(uri);
      const list = clips[uri];
      if (!list) throw new Fault('NOT_FOUND', `${uri}: no such file`);
      const played = list[Math.min(nth, list.length - 1)]!;
      const source = await fakeMedia({ anyClip: played }).open(uri, options);
      const dispose = source[Symbol.asyncDispose].bind(source);
      const close = async (): Promise<void> => {
        await dispose();
        left.push(uri);
      };
      return Object.assign(source, { [Symbol.asyncDispose]: close });
    },
  };
}

/** A door that stays shut until it is opened, for good. */
export function gate(): { readonly passed: Promise<void>; open(): void } {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open };
}
