import { linkHorizontal, linkVertical } from 'd3-shape';
import { type Markup, html } from './markup.js';
import { planLayers } from './plan-layers.js';
import { type PlotWidth, atEachWidth, px } from './plot-frame.js';
import type { PlanNode } from './run-report.js';
import { cut, listed } from './wording.js';

interface Place {
  readonly node: PlanNode;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

const HEIGHT = 46;
const WIDEST = 190;
const NARROWEST_ACROSS = 96;
const GAP = { along: 30, across: 12 };
/** Mean width of a letter at the size of the names, in pixels; names are cut to what fits. */
const LETTER_PX = 7.1;

interface Layout {
  readonly places: readonly Place[];
  readonly width: number;
  readonly height: number;
}

/** Layers side by side, sources on the left. */
function acrossLayout(layers: readonly (readonly PlanNode[])[], available: number): Layout {
  const width = Math.min(WIDEST, (available - 2 - (layers.length - 1) * GAP.along) / layers.length);
  const rows = Math.max(...layers.map((layer) => layer.length));
  const height = rows * (HEIGHT + GAP.across) - GAP.across + 2;
  const places = layers.flatMap((layer, column) =>
    layer.map((node, row) => ({
      node,
      width,
      x: 1 + column * (width + GAP.along),
      y: 1 + (height - 2 - layer.length * (HEIGHT + GAP.across) + GAP.across) / 2 + row * (HEIGHT + GAP.across),
    })),
  );
  return { places, width: available, height };
}

/** Layers one below the other, sources on top. */
function downLayout(layers: readonly (readonly PlanNode[])[], available: number): Layout {
  const places = layers.flatMap((layer, row) => {
    const width = Math.min(WIDEST, (available - 2 - (layer.length - 1) * GAP.across) / layer.length);
    const left = (available - layer.length * (width + GAP.across) + GAP.across) / 2;
    return layer.map((node, column) => ({ node, width, x: left + column * (width + GAP.across), y: 1 + row * (HEIGHT + GAP.along) }));
  });
  return { places, width: available, height: layers.length * (HEIGHT + GAP.along) - GAP.along + 2 };
}

function drawnNode({ node, x, y, width }: Place): Markup {
  const letters = Math.max(4, Math.floor((width - 16) / LETTER_PX));
  const middle = px(x + width / 2);
  return html`<g class="${node.kind}"
    ><title>${node.name}: ${node.does}</title><rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${HEIGHT}" rx="9" /><text
      class="name"
      text-anchor="middle"
      x="${middle}"
      y="${px(y + 20)}"
      >${cut(node.name, letters)}</text
    ><text class="does" text-anchor="middle" x="${middle}" y="${px(y + 36)}">${cut(node.does, Math.floor(letters * 1.14))}</text></g
  >`;
}

function drawnLinks(places: readonly Place[], down: boolean): Markup[] {
  const byName = new Map(places.map((place) => [place.node.name, place]));
  const link = (down ? linkVertical() : linkHorizontal()).digits(1);
  const ends = (from: Place, to: Place): { source: [number, number]; target: [number, number] } =>
    down
      ? { source: [from.x + from.width / 2, from.y + HEIGHT], target: [to.x + to.width / 2, to.y] }
      : { source: [from.x + from.width, from.y + HEIGHT / 2], target: [to.x, to.y + HEIGHT / 2] };
  return places.flatMap((to) =>
    to.node.reads.flatMap((name) => {
      const from = byName.get(name);
      return from === undefined || from === to ? [] : [html`<path class="link" d="${link(ends(from, to)) ?? ''}" />`];
    }),
  );
}

const readingOf = (plan: readonly PlanNode[]): string =>
  plan.map(({ name, reads }) => (reads.length === 0 ? name : `${name} reads ${listed(reads)}`)).join('; ');

/** The plan as a picture: what reads what. Layers run from left to right where they fit, from top to bottom where they don't. */
export function planGraph(plan: readonly PlanNode[]): Markup {
  const layers = planLayers(plan);
  return atEachWidth(({ px: available }: PlotWidth) => {
    const down = (available - (layers.length - 1) * GAP.along) / layers.length < NARROWEST_ACROSS;
    const { places, width, height } = down ? downLayout(layers, available) : acrossLayout(layers, available);
    return html`<svg class="plan" role="img" aria-label="The plan: ${readingOf(plan)}" viewBox="0 0 ${width} ${px(height)}">
      ${drawnLinks(places, down)}${places.map(drawnNode)}
    </svg>`;
  });
}
