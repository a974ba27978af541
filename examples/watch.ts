import { openPipeline } from 'ocellus/pipeline';

const street = process.argv[2] ?? 'street.mp4';
await using pipeline = await openPipeline({
  version: 1,
  sources: { street },
  nodes: {
    things: { model: 'coco-centernet', labels: ['person', 'car'] },
    tracker: { track: 'bytetrack', on: { objects: 'things' } },
    gate: { analytics: 'lines', on: { objects: 'tracker' }, lines: { middle: { from: [0, 0.5], to: [1, 0.5] } } },
  },
  outputs: { film: { video: 'annotated.mp4' }, page: { report: 'report.html' } },
});
for await (const result of pipeline.results()) {
  using _ = result; // gives the frame's memory back
  for (const event of result.events) if (event.type === 'line-crossing') console.log(`${event.label} ${event.trackId} went ${event.direction}`);
}
