import { linkHorizontal, linkVertical } from 'd3-shape';
import type { Rect } from '../../core/index.js';
import { type Markup, html } from './markup.js';
import { type PlanLayers, type PlanSlot, planLayers } from './plan-layers.js';
import { atEachWidth, px } from './plot-frame.js';
import type { PlanNode } from './run-report.js';
import { cut, listed } from './wording.js';

interface Layout {
  readonly places: ReadonlyMap<PlanSlot, Rect>;
  readonly width: number;
  readonly height: number;
  /** Whether layers run from top to bottom, not from left to right. */
  readonly down: boolean;
}

const HEIGHT = 46;
const WIDEST = 190;
const NARROWEST_ACROSS = 104;
/** What a link that passes a layer takes of it. */
const PASSAGE = 6;
const GAP = { along: 34, across: 14 };
/** Mean width of a letter at the size of the names, in pixels; names are cut to what fits. */
const LETTER_PX = 7.3;

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

/** Layers side by side, sources on the left. */
function acrossLayout({ layers }: PlanLayers, available: number): Layout {
  const width = Math.min(WIDEST, (available - 2 - (layers.length - 1) * GAP.along) / layers.length);
  const along = layers.length === 1 ? 0 : (available - 2 - width) / (layers.length - 1);
  const sizes = layers.map((layer) => layer.map(({ node }) => (node ? HEIGHT : PASSAGE)));
  const height = Math.max(...sizes.map((layer) => sum(layer) + (layer.length - 1) * GAP.across)) + 2;
  const places = layers.flatMap((layer, column) =>
    stacked(sizes[column]!, height).map(([y, size], row): [PlanSlot, Rect] => [layer[row]!, { x: 1 + column * along, y, width, height: size }]),
  );
  return { places: new Map(places), width: available, height, down: false };
}

/** Layers one below the other, sources on top. */
function downLayout({ layers }: PlanLayers, available: number): Layout {
  const places = layers.flatMap((layer, row) => {
    const passages = layer.filter(({ node }) => node === undefined).length;
    const room = available - 2 - (layer.length - 1) * GAP.across - passages * PASSAGE;
    const width = Math.min(WIDEST, room / (layer.length - passages));
    const sizes = layer.map(({ node }) => (node ? width : PASSAGE));
    const y = 1 + row * (HEIGHT + GAP.along);
    return stacked(sizes, available).map(([x, size], column): [PlanSlot, Rect] => [layer[column]!, { x, y, width: size, height: HEIGHT }]);
  });
  return { places: new Map(places), width: available, height: layers.length * (HEIGHT + GAP.along) - GAP.along + 2, down: true };
}

function drawnNode(node: PlanNode, { x, y, width }: Rect): Markup {
  const letters = Math.max(4, Math.floor((width - 12) / LETTER_PX));
  const middle = px(x + width / 2);
  return html`<g class="${node.kind}"
    ><title>${node.name}: ${node.does}</title><rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${HEIGHT}" rx="9" /><text
      class="name"
      text-anchor="middle"
      x="${middle}"
      y="${px(y + 20)}"
      >${cut(node.name, letters)}</text
    ><text class="does" text-anchor="middle" x="${middle}" y="${px(y + 36)}">${cut(node.does, Math.floor(letters * 1.12))}</text></g
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

const readingOf = (plan: readonly PlanNode[]): string =>
  plan.map(({ name, reads }) => (reads.length === 0 ? name : `${name} reads ${listed(reads)}`)).join('; ');

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
