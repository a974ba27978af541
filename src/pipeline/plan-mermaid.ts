import type { PipelinePlan, PlanEnd, PlanStep } from './plan-text.js';

/** Characters that mean something to Mermaid or to HTML become its entity codes; letters of every script stay. */
const escaped = (text: string): string => text.replaceAll(/[^\p{L}\p{M}\p{N} .,:/_-]/gu, (character) => `#${character.codePointAt(0)!};`);

const label = ({ name, summary }: PlanEnd): string => `"${escaped(name)}${summary === '' ? '' : `<br/>${escaped(summary)}`}"`;

/** Every one to every other, through a point in the middle where that takes fewer arrows. */
function arrows(from: readonly string[], to: readonly string[], middle: string, what: string): string[] {
  const each = (starts: readonly string[], ends: readonly string[]): string[] => starts.flatMap((start) => ends.map((end) => `${start} --> ${end}`));
  if (from.length < 2 || to.length < 2) return each(from, to);
  return [`${middle}(("${what}"))`, ...each(from, [middle]), ...each([middle], to)];
}

/** Nodes that no other reads. */
function lastNodes(nodes: readonly PlanStep[]): readonly PlanStep[] {
  const read = new Set(nodes.flatMap(({ reads }) => reads));
  return nodes.filter(({ name }) => !read.has(name));
}

/** The plan as a flowchart of Mermaid: sources are rounded, nodes are boxes, outputs and sinks lean. */
export function planMermaid({ sources, nodes, outputs, sinks }: PipelinePlan): string {
  const ids = new Map(nodes.map(({ name }, at) => [name, `node${at}`]));
  const idsOf = (steps: readonly PlanStep[]): string[] => steps.map(({ name }) => ids.get(name)!);
  const ends = [...outputs, ...sinks];
  const lines = [
    ...sources.map((source, at) => `source${at}([${label(source)}])`),
    ...nodes.map((node, at) => `node${at}[${label(node)}]`),
    ...ends.map((end, at) => `written${at}[/${label(end)}/]`),
    ...arrows(
      sources.map((_, at) => `source${at}`),
      idsOf(nodes.filter(({ reads }) => reads.length === 0)),
      'frames',
      'frames',
    ),
    ...nodes.flatMap(({ reads }, at) => reads.flatMap((read) => (ids.has(read) ? [`${ids.get(read)} --> node${at}`] : []))),
    ...arrows(
      idsOf(lastNodes(nodes)),
      ends.map((_, at) => `written${at}`),
      'results',
      'results',
    ),
  ];
  return ['flowchart LR', ...lines.map((line) => `  ${line}`)].map((line) => `${line}\n`).join('');
}
