import { setTimeout as sleep } from 'node:timers/promises';
import type { ModelDefinition } from 'ocellus/models';
import { openPipeline } from 'ocellus/pipeline';
import { fakeEngine, fakeMedia } from 'ocellus/testing';

const SIZE = { width: 32, height: 32 };

/** A detector that is no network: the scene's answers come from a function. */
const definitionOf = (name: string): ModelDefinition => ({
  name,
  weights: { runtime: 'fake', path: 'fake:identity' },
  picture: { input: 'images', fit: { mode: 'stretch', size: SIZE, order: 'rgb', layout: 'packed', pad: 0 }, mean: [0, 0, 0], std: [1, 1, 1] },
  head: { type: 'boxes', outputs: {}, confidence: 0.3, maximumIou: 0.5, limit: 10 },
  labels: ['thing'],
});

/** Pixels that tell the number of the frame. */
const numbered = (number: number): Uint8Array =>
  Uint8Array.from({ length: SIZE.width * SIZE.height * 3 }, (_, at) => [number & 255, number >> 8, 0][at % 3]!);

/** One box in the middle of the picture. */
const answer = {
  kind: 'detections' as const,
  boxes: Float32Array.of(8, 8, 24, 24),
  scores: Float32Array.of(0.9),
  classIds: Int32Array.of(0),
};

/**
 * How long a result waits after the last of three branches is done with its frame, for each of `frames`, in milliseconds. Results come in
 * order: a frame whose branches are done before those of the frame ahead waits for that one, which is not counted.
 */
export async function handOverMs(frames: number): Promise<number[]> {
  const doneMs = new Float64Array(frames);
  let turn = 0;
  const engine = fakeEngine({
    async answer({ inputs }) {
      const bytes = inputs[0]!.data as Uint8Array;
      const number = bytes[0]! + 256 * bytes[1]!;
      await sleep(2 + (turn++ % 5));
      doneMs[number] = performance.now();
      return { answers: [answer] };
    },
  });
  const branch = (name: string) => ({ model: name, placement: 'inline' as const, instances: 4 });
  await using pipeline = await openPipeline(
    { version: 1, sources: { scene: 'scene' }, nodes: { one: branch('one'), two: branch('two'), three: branch('three') } },
    {
      engine,
      media: fakeMedia({ anyClip: { size: SIZE, frames, rgb: numbered } }),
      models: { named: async (name) => definitionOf(name), own: async (own) => own },
    },
  );
  const waits: number[] = [];
  let lastDoneMs = 0;
  await pipeline.run({
    onResult({ meta: { frame } }) {
      lastDoneMs = Math.max(lastDoneMs, doneMs[frame]!);
      waits.push(performance.now() - lastDoneMs);
    },
  });
  return waits;
}
