import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Media } from 'ocellus/media';
import { openPipeline } from 'ocellus/pipeline';
import { benchModels } from './models.js';

/** CPU time of the main thread so far, in milliseconds (Linux). */
export function mainThreadMs(): number {
  return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
}

/** What one run of decode, scale, model and JSONL took. */
export interface DetectRun {
  readonly fps: number;
  readonly frames: number;
  /** CPU time of the main thread for each frame. */
  readonly mainMsPerFrame: number;
}

/** The slice under test: the clip through the model into results.jsonl, models loaded and sources open beforehand. */
export async function detectRun(
  clip: string,
  model: string,
  options: { readonly media?: Media; readonly onFrame?: (number: number) => void } = {},
): Promise<DetectRun> {
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-bench-'));
  try {
    await using pipeline = await openPipeline(
      { version: 1, sources: { clip }, nodes: { detector: { model } }, sinks: { file: { jsonl: join(folder, 'results.jsonl') } } },
      { models: benchModels, ...(options.media ? { media: options.media } : {}) },
    );
    const mainMs = mainThreadMs();
    const { frames, elapsedMs } = await pipeline.run({ onResult: ({ meta }) => options.onFrame?.(meta.frame) });
    return { frames, fps: (frames / elapsedMs) * 1000, mainMsPerFrame: (mainThreadMs() - mainMs) / frames };
  } finally {
    await rm(folder, { recursive: true });
  }
}
