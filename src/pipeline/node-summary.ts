import { basename } from 'node:path';
import type { AlgorithmNodeConfig, LinesNodeConfig, ModelNodeConfig, NodeConfig, TrackNodeConfig } from './config-nodes.js';
import { rateText } from './schedule.js';

/** What a tracker does, in a few words. */
export const trackSummary = ({ track }: Pick<TrackNodeConfig, 'track'>): string => `follows objects with ${track}`;

/** What a line counter does, in a few words. */
export const linesSummary = ({ lines }: Pick<LinesNodeConfig, 'lines'>): string => `counts crossings of ${Object.keys(lines).join(', ')}`;

/** What an algorithm of one's own does, as far as can be told. */
export function algorithmSummary({ algorithm, interval, frameCount }: Pick<AlgorithmNodeConfig, 'algorithm' | 'interval' | 'frameCount'>): string {
  const what = typeof algorithm === 'string' ? basename(algorithm) : algorithm.name || 'code of your own';
  return `runs ${what}${frameCount === 1 ? '' : ` on ${frameCount} frames`}${interval === 0 ? '' : ` every ${interval} s`}`;
}

const modelName = (model: ModelNodeConfig['model']): string => (typeof model === 'string' ? model : basename(model.file ?? model.url!));

function modelSummary({ model, on, labels, reinferEvery, engine, ...rate }: ModelNodeConfig): string {
  const name = engine === undefined ? modelName(model) : `${modelName(model)} of ${engine}`;
  const looks = on === 'frame' ? `finds ${labels?.join(', ') ?? 'objects'}` : `looks at ${on.labels?.join(', ') ?? 'objects'} of ${on.objects}`;
  return `${looks} with ${name}${rateText(rate)}${reinferEvery ? ', kept for each track' : ''}`;
}

/** What a node does as far as its configuration tells: what a model answers is known when it is opened. */
export function nodeSummary(node: NodeConfig): string {
  if ('model' in node) return modelSummary(node);
  if ('algorithm' in node) return algorithmSummary(node);
  return 'track' in node ? trackSummary(node) : linesSummary(node);
}
