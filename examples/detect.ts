import { openPipeline } from 'ocellus/pipeline';

const street = process.argv[2] ?? 'street.mp4';
await using pipeline = await openPipeline({
  version: 1,
  sources: { street },
  nodes: { things: { model: 'coco-centernet', confidence: 0.4 } },
});
for await (const result of pipeline.results()) {
  using _ = result; // gives the frame's memory back
  console.log(
    result.meta.frame,
    result
      .of('things')
      .map(({ label, box }) => `${label} at ${Math.round(box.x1)},${Math.round(box.y1)}`)
      .join('; '),
  );
}
