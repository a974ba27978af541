import { activeNodes } from './active-nodes.js';
import { isAddress } from './config-file.js';
import { readsOf } from './config-nodes.js';
import type { OutputConfig, SinkConfig } from './config-outputs.js';
import type { PipelineConfig } from './config.js';
import { nodeSummary } from './node-summary.js';
import type { PipelinePlan } from './plan-text.js';
import { planOrder } from './plan.js';
import { shownAddress } from './shown-address.js';

/**
 * The plan as a configuration tells it, without opening anything: what a model answers is not known yet. `shown` words a path, such as relative
 * to the folder that somebody is in.
 */
export function configPlan({ sources, nodes, outputs, sinks, plan: mode }: PipelineConfig, shown = (path: string): string => path): PipelinePlan {
  const active = activeNodes(nodes);
  const { order = [] } = planOrder(active);
  const place = (uri: string): string => (isAddress(uri) ? shownAddress(uri) : shown(uri));
  const outputText = (output: OutputConfig): string => {
    if ('video' in output) return `video ${shown(output.video)}`;
    if ('report' in output) return `report ${shown(output.report)}`;
    return 'live' in output ? `live pictures at ${output.live}` : `all streams in ${shown(output.tiles)}`;
  };
  const sinkText = ({ jsonl, of }: SinkConfig): string => `${of} to ${shown(jsonl)}`;
  return {
    mode,
    sources: Object.entries(sources).map(([name, { uri }]) => ({ name, summary: place(uri) })),
    nodes: order.map((name) => ({ name, reads: readsOf(active[name]!), summary: nodeSummary(active[name]!) })),
    outputs: Object.entries(outputs).map(([name, output]) => ({ name, summary: outputText(output) })),
    sinks: Object.entries(sinks).map(([name, sink]) => ({ name, summary: sinkText(sink) })),
    leftOut: Object.keys(nodes).filter((name) => !Object.hasOwn(active, name)),
  };
}
