import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPipeline } from 'ocellus/pipeline';
import { benchModels } from './models.js';

/** What one run of decode, scale, model and JSONL took. */
export interface DetectRun {
  readonly fps: number;
  readonly frames: number;
  readonly objects: number;
}

/** The slice under test: the clip through the model into results.jsonl, models loaded and sources open beforehand. */
export async function detectRun(clip: string, model: string, { confidence }: { readonly confidence?: number } = {}): Promise<DetectRun> {
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-bench-'));
  try {
    await using pipeline = await openPipeline(
      {
        version: 1,
        sources: { clip },
        nodes: { detector: { model, ...(confidence === undefined ? {} : { confidence }) } },
        sinks: { file: { jsonl: join(folder, 'results.jsonl') } },
      },
      { models: benchModels },
    );
    const { frames, objects, elapsedMs } = await pipeline.run();
    return { frames, objects, fps: (frames / elapsedMs) * 1000 };
  } finally {
    await rm(folder, { recursive: true });
  }
}
