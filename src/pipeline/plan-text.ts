/** A node as a plan shows it. */
export interface PlanStep {
  readonly name: string;
  /** Nodes that it reads; none where it looks at the frame itself. */
  readonly reads: readonly string[];
  /** What it does, in a few words. */
  readonly summary: string;
}

/** A source, output or sink as a plan shows it. */
export interface PlanEnd {
  readonly name: string;
  readonly summary: string;
}

/** Everything that a pipeline does, from its sources to where results go. */
export interface PipelinePlan {
  /** Whether nodes of one stage work on a frame at the same time, one after the other, or as is found to be faster at the start. */
  readonly mode: 'serial' | 'parallel' | 'auto';
  readonly sources: readonly PlanEnd[];
  /** In an order in which each stands behind those it reads. */
  readonly nodes: readonly PlanStep[];
  readonly outputs: readonly PlanEnd[];
  readonly sinks: readonly PlanEnd[];
  /** Nodes that are not at work, by name. */
  readonly leftOut: readonly string[];
}

/** The stage of each node: 1 for those that look at frames themselves, and one more than the latest of those that it reads for every other. Nodes of one stage do not wait for each other. */
export function planStages(nodes: readonly Pick<PlanStep, 'name' | 'reads'>[]): ReadonlyMap<string, number> {
  const stages = new Map<string, number>();
  for (const { name, reads } of nodes) stages.set(name, 1 + Math.max(0, ...reads.map((read) => stages.get(read) ?? 0)));
  return stages;
}

function stagesOf(nodes: readonly PlanStep[]): PlanStep[][] {
  const stages = planStages(nodes);
  const grouped: PlanStep[][] = [];
  for (const node of nodes) (grouped[stages.get(node.name)! - 1] ??= []).push(node);
  return grouped;
}

const STAGES_WORK: Readonly<Record<PipelinePlan['mode'], string>> = {
  serial: 'nodes of one stage work on a frame one after the other',
  parallel: 'nodes of one stage work on a frame side by side',
  auto: 'nodes of one stage work on a frame side by side or one after the other, as is found to be faster at the start',
};

interface Block {
  readonly head: string;
  readonly rows: readonly (readonly [name: string, reads: string, summary: string])[];
}

const endRows = (ends: readonly PlanEnd[]): Block['rows'] => ends.map(({ name, summary }) => [name, '', summary]);
const stepRows = (steps: readonly PlanStep[]): Block['rows'] =>
  steps.map(({ name, reads, summary }) => [name, `reads ${reads.length > 0 ? reads.join(', ') : 'frames'}`, summary]);

function blockText({ head, rows }: Block, nameWidth: number, readsWidth: number): string {
  const lines = rows.map(([name, reads, summary]) => {
    const middle = reads === '' ? '' : `${reads.padEnd(readsWidth)}  `;
    return `  ${name.padEnd(nameWidth)}  ${middle}${summary}`.trimEnd();
  });
  return [head, ...lines].map((line) => `${line}\n`).join('');
}

/** The plan as lines of text for a terminal: sources, then the nodes by stage with what each reads, then where results go. */
export function planText({ mode, sources, nodes, outputs, sinks, leftOut }: PipelinePlan): string {
  const stages = stagesOf(nodes).map((steps, at): Block => ({ head: `stage ${at + 1}`, rows: stepRows(steps) }));
  const blocks: Block[] = [
    { head: 'sources', rows: endRows(sources) },
    ...stages,
    { head: 'left out', rows: leftOut.map((name) => [name, '', '']) },
    { head: 'outputs', rows: endRows(outputs) },
    { head: 'sinks', rows: endRows(sinks) },
  ];
  const shown = blocks.filter(({ rows }) => rows.length > 0);
  const cells = shown.flatMap(({ rows }) => rows);
  const width = (column: 0 | 1): number => Math.max(0, ...cells.map((row) => row[column].length));
  const text = shown.map((block) => blockText(block, width(0), width(1))).join('');
  return stages.some(({ rows }) => rows.length > 1) ? `${text}${STAGES_WORK[mode]}\n` : text;
}
