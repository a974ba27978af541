import type { GraphNode } from './nodes/port.js';

/**
 * Frames of a stream that may be under way at once, so that every model has work: those that keep the models of one stage busy, over all
 * stages, and one to hand. Models that look at frames are one stage; those that look at what a stage finds are the next, and for them a frame
 * is taken to have a batch of objects: frames are large, and fewer of them under way cost little.
 */
export function frameWindow(nodes: readonly GraphNode[]): number {
  const stageOf = new Map<string, number>();
  const frames: number[] = [];
  for (const { name, reads, model } of nodes) {
    const stage = Math.max(0, ...reads.map((read) => stageOf.get(read)!));
    stageOf.set(name, model ? stage + 1 : stage);
    if (!model) continue;
    const { concurrency, maxBatch } = model;
    frames[stage] = Math.max(frames[stage] ?? 0, stage === 0 ? concurrency : Math.ceil(concurrency / maxBatch));
  }
  return (
    Math.max(
      1,
      frames.reduce((sum, count) => sum + count, 0),
    ) + 1
  );
}
