import { type Algorithm, type AlgorithmFrame, type ResultOf, type RunContext, openPipeline } from 'ocellus/pipeline';

/** How long each object has been in sight, in seconds: said of the object, so that it stands in its tag and in the results. */
class TimeInSight implements Algorithm<{ longest: number }> {
  readonly #since = new Map<number, number>();

  run([frame]: readonly AlgorithmFrame[], context: RunContext): { longest: number } {
    let longest = 0;
    for (const object of frame!.objects) {
      const since = this.#since.get(object.trackId!) ?? frame!.timeMs;
      this.#since.set(object.trackId!, since);
      const seconds = (frame!.timeMs - since) / 1000;
      longest = Math.max(longest, seconds);
      context.say(object, { seconds });
    }
    return { longest };
  }
}

const street = process.argv[2] ?? 'street.mp4';
await using pipeline = await openPipeline({
  version: 1,
  sources: { street },
  nodes: {
    things: { model: 'coco-centernet' },
    tracker: { track: 'bytetrack', on: { objects: 'things' } },
    sight: { algorithm: TimeInSight, on: { objects: 'tracker' } },
  },
});
for await (const result of pipeline.results()) {
  using _ = result; // gives the frame's memory back
  console.log(result.meta.frame, result.value<ResultOf<typeof TimeInSight>>('sight')?.longest);
}
