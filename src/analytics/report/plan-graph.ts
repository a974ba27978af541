import { linkHorizontal, linkVertical } from 'd3-shape';
import type { Rect } from '../../core/index.js';
import { type Markup, html } from './markup.js';
import { type PlanLayers, type PlanSlot, planId, planLayers } from './plan-layers.js';
import { atEachWidth, px } from './plot-frame.js';
import type { PlanNode } from './run-report.js';
import { cut, listed, wrapped } from './wording.js';

interface Layout {
  readonly places: ReadonlyMap<PlanSlot, Rect>;
  readonly width: number;
  readonly height: number;
  /** Whether layers run from top to bottom, not from left to right. */
  readonly down: boolean;
}

/** Of a node with `lines` lines of what it does. */
const heightOf = (lines: number): number => 32 + 14 * lines;
const MOST_LINES = 4;
const WIDEST = 190;
const NARROWEST_ACROSS = 104;
/** What a link that passes a layer takes of it. */
const PASSAGE = 6;
const GAP = { along: 34, across: 14 };
/** Mean width of a letter at the size of the names, in pixels; names are cut to what fits. */
const LETTER_PX = 7.8;
/** The same of what a node does. */
const SMALL_LETTER_PX = 6.5;
const EDGE_PX = 12;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Places of a layer's slots one after the other, in the middle of the room: [start, size] of each. */
function stacked(sizes: readonly number[], room: number): readonly (readonly [number, number])[] {
  let at = (room - sum(sizes) - (sizes.length - 1) * GAP.across) / 2;
  return sizes.map((size) => {
    const start = at;
    at += size + GAP.across;
    return [start, size] as const;
  });
}

const smallLetters = (width: number): number => Math.max(6, Math.floor((width - EDGE_PX) / SMALL_LETTER_PX));

/** Lines that what the nodes do takes in boxes of this width. */
function linesIn(slots: readonly PlanSlot[], width: number): number {
  return Math.max(1, ...slots.map(({ node }) => (node ? wrapped(node.does, smallLetters(width), MOST_LINES).length : 1)));
}

/** Layers side by side, sources on the left. */
function acrossLayout({ layers }: PlanLayers, available: number): Layout {
  const width = Math.min(WIDEST, (available - 2 - (layers.length - 1) * GAP.along) / layers.length);
  const along = layers.length === 1 ? 0 : (available - 2 - width) / (layers.length - 1);
  const nodeHeight = heightOf(linesIn(layers.flat(), width));
  const sizes = layers.map((layer) => layer.map(({ node }) => (node ? nodeHeight : PASSAGE)));
  const height = Math.max(...sizes.map((layer) => sum(layer) + (layer.length - 1) * GAP.across)) + 2;
  const places = layers.flatMap((layer, column) =>
    stacked(sizes[column]!, height).map(([y, size], row): [PlanSlot, Rect] => [layer[row]!, { x: 1 + column * along, y, width, height: size }]),
  );
  return { places: new Map(places), width: available, height, down: false };
}

/** Width of the nodes of a layer, and of its passages, that lie beside each other. */
function widthsOf(layer: readonly PlanSlot[], available: number): readonly number[] {
  const passages = layer.filter(({ node }) => node === undefined).length;
  const room = available - 2 - (layer.length - 1) * GAP.across - passages * PASSAGE;
  const width = Math.min(WIDEST, room / (layer.length - passages));
  return layer.map(({ node }) => (node ? width : PASSAGE));
}

/** Layers one below the other, sources on top. */
function downLayout({ layers }: PlanLayers, available: number): Layout {
  let bottom = 1;
  const places = layers.flatMap((layer) => {
    const widths = widthsOf(layer, available);
    const [y, height] = [bottom, heightOf(linesIn(layer, Math.max(...widths)))];
    bottom += height + GAP.along;
    return stacked(widths, available).map(([x, width], column): [PlanSlot, Rect] => [layer[column]!, { x, y, width, height }]);
  });
  return { places: new Map(places), width: available, height: bottom - GAP.along + 1, down: true };
}

function drawnNode(node: PlanNode, { x, y, width, height }: Rect): Markup {
  const middle = px(x + width / 2);
  const does = wrapped(node.does, smallLetters(width), MOST_LINES);
  // The text as a whole stands in the middle of its box.
  const top = y + (height - heightOf(does.length)) / 2;
  return html`<g class="${node.kind}"
    ><title>${node.name}: ${node.does}</title><rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" rx="9" /><text
      class="name"
      text-anchor="middle"
      x="${middle}"
      y="${px(top + 20)}"
      >${cut(node.name, Math.max(4, Math.floor((width - EDGE_PX) / LETTER_PX)))}</text
    >${does.map((line, at) => html`<text class="does" text-anchor="middle" x="${middle}" y="${px(top + 36 + 14 * at)}">${line}</text>`)}</g
  >`;
}

/** A link through its slots: a curve between layers, straight through a layer that it passes. */
function drawnWay(way: readonly PlanSlot[], { places, down }: Layout): Markup {
  const link = (down ? linkVertical() : linkHorizontal()).digits(1);
  const start = ({ x, y, width, height }: Rect): [number, number] => (down ? [x + width / 2, y] : [x, y + height / 2]);
  const end = ({ x, y, width, height }: Rect): [number, number] => (down ? [x + width / 2, y + height] : [x + width, y + height / 2]);
  const rects = way.map((slot) => places.get(slot)!);
  const path = rects.slice(1).map((rect, n) => {
    const curve = link({ source: end(rects[n]!), target: start(rect) }) ?? '';
    return way[n + 1]!.node ? curve : `${curve}L${end(rect).map(px).join(',')}`;
  });
  return html`<path class="link" d="${path.join('')}" />`;
}

function readingOf(plan: readonly PlanNode[]): string {
  const names = new Map(plan.map((node) => [planId(node), node.name]));
  const named = (reads: readonly string[]): string => listed(reads.map((read) => names.get(read) ?? read));
  return plan.map(({ name, reads }) => (reads.length === 0 ? name : `${name} reads ${named(reads)}`)).join('; ');
}

/** The plan as a picture: what reads what. Layers run from left to right where they fit, from top to bottom where they don't. */
export function planGraph(plan: readonly PlanNode[]): Markup {
  const layered = planLayers(plan);
  return atEachWidth(({ px: available }) => {
    const { length } = layered.layers;
    const down = (available - (length - 1) * GAP.along) / length < NARROWEST_ACROSS;
    const layout = down ? downLayout(layered, available) : acrossLayout(layered, available);
    const nodes = [...layout.places].flatMap(([{ node }, rect]) => (node ? [drawnNode(node, rect)] : []));
    return html`<svg class="plan" role="img" aria-label="The plan: ${readingOf(plan)}" viewBox="0 0 ${layout.width} ${px(layout.height)}">
      ${layered.ways.map((way) => drawnWay(way, layout))}${nodes}
    </svg>`;
  });
}
