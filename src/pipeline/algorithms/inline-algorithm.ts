import { type PictureRequest, fail } from '../../core/index.js';
import { type Algorithm, type AlgorithmContext, type AlgorithmMaker, makeAlgorithm } from './algorithm.js';
import { FrameView } from './frame-view.js';
import type { AlgorithmInstance, RunOutcome } from './instance.js';
import { plainCopy } from './plain-value.js';
import { NoteTaker, discardNotes } from './run-notes.js';
import type { SeenFrame } from './seen-frame.js';

const viewOf = ({ frame, objects }: SeenFrame): FrameView =>
  new FrameView(frame.info, objects, { picture: (request: PictureRequest) => frame.picture(request), native: () => frame });

/** An algorithm in the thread of the pipeline. */
class InlineAlgorithm implements AlgorithmInstance {
  constructor(
    readonly algorithm: Algorithm,
    readonly context: AlgorithmContext,
    readonly frameHasGone: boolean,
  ) {}

  async run(frames: readonly SeenFrame[], signal: AbortSignal): Promise<RunOutcome> {
    const newest = frames.at(-1)!;
    const views = frames.map(viewOf);
    const taker = new NoteTaker(this.context, signal, newest.objects, this.frameHasGone);
    try {
      const given = await this.algorithm.run(views, taker);
      const value = plainCopy(given, `run of ${this.context.node} on frame ${newest.frame.number}`);
      return { value, notes: taker.close() };
    } catch (error) {
      discardNotes(taker.close());
      throw error;
    } finally {
      for (const view of views) view.close();
    }
  }

  async close(): Promise<void> {
    await this.algorithm.close?.();
  }
}

/** Makes an instance and waits for its `init`. @throws what it throws; Fault INVALID_ARGUMENT for something without `run` */
export async function openInline(
  maker: AlgorithmMaker,
  settings: Readonly<Record<string, unknown>>,
  context: AlgorithmContext,
  frameHasGone: boolean,
): Promise<AlgorithmInstance> {
  const algorithm = makeAlgorithm(maker);
  if (typeof (algorithm as Partial<Algorithm> | undefined)?.run !== 'function')
    fail('INVALID_ARGUMENT', 'an algorithm is a class with a method run(frames, context), or a function that gives an instance of one');
  await algorithm.init?.(settings, context);
  return new InlineAlgorithm(algorithm, context, frameHasGone);
}
