import type { PlanNode, ProducedFile } from '../../analytics/index.js';
import type { PlanStep } from '../plan-text.js';

/** More lines than this between the last nodes and the files cannot be told from each other: the files then share a box. */
const MOST_LINES = 6;

const sourceId = (stream: string): string => `source ${stream}`;

function fileNodes(files: readonly ProducedFile[], reads: readonly string[]): PlanNode[] {
  const output = (name: string, does: string): PlanNode => ({ name, id: `file ${name}`, kind: 'output', does, reads });
  if (files.length > 1 && files.length * reads.length > MOST_LINES)
    return [output(`${files.length} files`, files.map(({ path }) => path).join(', '))];
  return files.map(({ path, holds }) => output(path, holds));
}

/** The plan as the page draws it: streams, nodes, and the files that are left. A stream, a node and a file may have the same name. */
export function reportPlan(streams: readonly string[], plan: readonly PlanStep[], files: readonly ProducedFile[]): PlanNode[] {
  const last = plan.map(({ name }) => name).filter((name) => !plan.some(({ reads }) => reads.includes(name)));
  const nodeReads = (reads: readonly string[]): readonly string[] => (reads.length > 0 ? reads : streams.map(sourceId));
  return [
    ...streams.map((name): PlanNode => ({ name, id: sourceId(name), kind: 'source', does: 'frames', reads: [] })),
    ...plan.map(({ name, reads, summary }): PlanNode => ({ name, kind: 'node', does: summary, reads: nodeReads(reads) })),
    ...fileNodes(files, last),
  ];
}
