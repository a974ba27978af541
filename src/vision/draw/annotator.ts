import { type FrameMeta, type ObjectMeta, type Point, type Size, toMs } from '../../core/index.js';
import { colourOfName, colourOfNumber } from './colours.js';
import { readableOn, tagHeightPx } from './painter.js';
import type { PathShape, Rgb, Shape, TextShape } from './shape.js';

/** What an annotator shows. */
export interface AnnotatorOptions {
  /** The label in the tag; true when absent. */
  readonly label?: boolean;
  /** The number of the track in the tag; true when absent. */
  readonly trackId?: boolean;
  /** The confidence in the tag, in percent; true when absent. */
  readonly confidence?: boolean;
  /** What other nodes said of the object, such as its colour, in the tag; true when absent. */
  readonly attributes?: boolean;
  /** Key points, such as landmarks and joints, as dots; true when absent. */
  readonly points?: boolean;
  /** How far back trails reach; 1500 when absent, 0 for none. */
  readonly trailMs?: number;
  /** A plate with the stream's name, the time and the number of objects; false when absent. */
  readonly header?: boolean;
}

/** A line that is watched, with its counts so far. */
export interface CountedLine {
  readonly name: string;
  /** Pixels of the displayed frame. */
  readonly from: Point;
  readonly to: Point;
  readonly counts?: { readonly in: number; readonly out: number };
}

/** Turns what is known of the frames of one stream into shapes. One closure per stream: it remembers trails. */
export interface Annotator {
  /** Shapes for the next frame in presentation order, in drawing order: lines and trails below boxes, plates above. */
  shapes(meta: FrameMeta, lines?: readonly CountedLine[]): Shape[];
}

const LINE_COLOUR: Rgb = [255, 214, 10];
const DARK: Rgb = [20, 20, 24];
const LIGHT: Rgb = [245, 245, 245];

/** Widths that look alike from 240 to 2160 lines; a stroke of one pixel would lose half its colour to halved chroma. */
const strokePx = ({ height }: Size, lines = 360): number => Math.max(2, Math.round(height / lines));

const bottomCentre = ({ box }: ObjectMeta): Point => ({ x: (box.x1 + box.x2) / 2, y: box.y2 });

interface Trail {
  seenMs: number;
  readonly points: { readonly at: Point; readonly timeMs: number }[];
}

/** Where tracks have been. A point is kept only where it lies apart from the one before: an object at rest adds none. */
class Trails {
  readonly #trails = new Map<string, Trail>();
  #nowMs = -Infinity;
  constructor(readonly trailMs: number) {}

  /** Begins a frame; time that goes back, as after a seek, forgets everything. */
  begin(timeMs: number): void {
    if (timeMs < this.#nowMs) this.#trails.clear();
    this.#nowMs = timeMs;
    for (const [key, { seenMs }] of this.#trails) if (seenMs < timeMs - this.trailMs) this.#trails.delete(key);
  }

  /** Adds where the object is now, and answers with its way so far, oldest first. */
  extend(key: string, at: Point, apartPx: number): Point[] {
    const trail = this.#trails.get(key) ?? { seenMs: 0, points: [] };
    this.#trails.set(key, trail);
    trail.seenMs = this.#nowMs;
    const { points } = trail;
    while (points.length > 0 && points[0]!.timeMs < this.#nowMs - this.trailMs) points.shift();
    const way = points.map((point) => point.at);
    const last = way.at(-1);
    if (!last || Math.hypot(at.x - last.x, at.y - last.y) >= apartPx) points.push({ at, timeMs: this.#nowMs });
    return [...way, at];
  }
}

const trackKey = ({ node, trackId }: ObjectMeta): string => `${node} ${trackId}`;

/** A track keeps its colour; what is found in a tracked object shares that object's; the rest goes by label. */
function colourFor(object: ObjectMeta, byId: ReadonlyMap<number, ObjectMeta>): Rgb {
  if (object.trackId !== undefined) return colourOfNumber(object.trackId);
  const parent = object.parentId === undefined ? undefined : byId.get(object.parentId);
  return parent?.trackId === undefined ? colourOfName(object.label) : colourOfNumber(parent.trackId);
}

function tagOf({ label, trackId, confidence, attributes }: ObjectMeta, options: Required<AnnotatorOptions>): string {
  const name = [options.label ? label : '', options.trackId && trackId !== undefined ? String(trackId) : ''].filter(Boolean).join(' ');
  // A label speaks for itself, a number does not.
  const told = attributes.map(({ name, value }) => (typeof value === 'number' ? `${name} ${Number(value.toPrecision(3))}` : value));
  const said = options.attributes ? told.join(', ') : '';
  return [name, options.confidence ? `${Math.round(confidence * 100)}%` : '', said].filter(Boolean).join('  ');
}

/** Width of a text in lines' heights, roughly: only the letters' thread knows it exactly. */
const roughWidth = (text: string): number => [...text].reduce((sum, character) => sum + (character.charCodeAt(0) > 0x2e80 ? 0.9 : 0.5), 0.6);

/** A plate near `at` that, as far as can be told, lies inside the picture. */
function plate(text: string, at: Point, size: Size, colour: Rgb): TextShape {
  const heightPx = tagHeightPx(size);
  const x = Math.max(0, Math.min(at.x, size.width - roughWidth(text) * heightPx));
  const y = Math.max(0, Math.min(at.y, size.height - heightPx * 1.2));
  return { kind: 'text', text, at: { x, y }, heightPx, colour: readableOn(colour), plate: colour };
}

/** The line, an arrow towards its right-hand side, which is `in`, and a plate with its counts. */
function lineShapes({ name, from, to, counts }: CountedLine, size: Size): { readonly strokes: Shape[]; readonly label: Shape } {
  const thicknessPx = strokePx(size, 300);
  const path = (points: readonly Point[]): PathShape => ({ kind: 'path', points, colour: LINE_COLOUR, thicknessPx });
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const text = counts ? `${name}  in ${counts.in} / out ${counts.out}` : name;
  const heightPx = tagHeightPx(size);
  const label = plate(text, { x: middle.x - (roughWidth(text) * heightPx) / 2, y: middle.y - heightPx * 1.6 }, size, LINE_COLOUR);
  if (length === 0) return { strokes: [path([from])], label };
  const [ax, ay] = [(to.x - from.x) / length, (to.y - from.y) / length];
  const reach = heightPx * 1.1;
  const tip = { x: middle.x - ay * reach, y: middle.y + ax * reach };
  const barb = (side: number): Point => ({ x: tip.x + (ay + side * ax) * reach * 0.35, y: tip.y + (-ax + side * ay) * reach * 0.35 });
  const ends: Shape = { kind: 'dots', points: [from, to], colour: LINE_COLOUR, radiusPx: thicknessPx * 1.5 };
  return { strokes: [path([from, to]), ends, path([middle, tip]), path([barb(-1), tip, barb(1)])], label };
}

/** A time as people read it, to the tenth of a second: `01:23.4`, with hours where there are any. */
export const clockText = (timeMs: number): string => {
  const tenths = Math.max(0, Math.floor(timeMs / 100));
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const hours = Math.floor(tenths / 36_000);
  return `${hours > 0 ? `${hours}:` : ''}${two((tenths / 600) % 60)}:${two((tenths / 10) % 60)}.${tenths % 10}`;
};

function headerShape(meta: FrameMeta): TextShape {
  const { stream, pts, objects, size } = meta;
  const text = `${stream}  ${clockText(toMs(pts))}  ${objects.length} ${objects.length === 1 ? 'object' : 'objects'}`;
  return { kind: 'text', text, at: { x: 0, y: 0 }, heightPx: tagHeightPx(size), colour: LIGHT, plate: DARK };
}

const DEFAULTS: Required<AnnotatorOptions> = {
  label: true,
  trackId: true,
  confidence: true,
  attributes: true,
  points: true,
  trailMs: 1500,
  header: false,
};

/** Points that the network itself holds for missing, such as hidden joints, are not drawn. */
const LEAST_POINT_SCORE = 0.2;

function pointDots({ points = [] }: ObjectMeta, colour: Rgb, size: Size): Shape[] {
  const seen = points.flatMap((told) => told.points.filter(([, , score]) => score >= LEAST_POINT_SCORE).map(([x, y]) => ({ x, y })));
  return seen.length === 0 ? [] : [{ kind: 'dots', points: seen, colour, radiusPx: strokePx(size, 300) }];
}

/** An annotator for one stream; sizes follow the picture's height, colours the tracks. */
export function createAnnotator(options: AnnotatorOptions = {}): Annotator {
  const full = { ...DEFAULTS, ...options };
  const trails = new Trails(full.trailMs);
  const trailOf = (object: ObjectMeta, size: Size, colour: Rgb): Shape[] => {
    const way = trails.extend(trackKey(object), bottomCentre(object), size.height / 250);
    return way.length < 2 ? [] : [{ kind: 'path', points: way, colour, thicknessPx: strokePx(size), fading: true }];
  };
  return {
    shapes(meta, lines = []) {
      const { objects, size } = meta;
      trails.begin(toMs(meta.pts));
      const byId = new Map(objects.map((object) => [object.id, object]));
      const ways: Shape[] = [];
      const boxes: Shape[] = [];
      for (const object of objects) {
        const colour = colourFor(object, byId);
        const tag = tagOf(object, full);
        if (object.trackId !== undefined && full.trailMs > 0) ways.push(...trailOf(object, size, colour));
        boxes.push({ kind: 'box', box: object.box, colour, thicknessPx: strokePx(size), ...(tag ? { tag } : {}) });
        if (full.points && object.points) boxes.push(...pointDots(object, colour, size));
      }
      const watched = lines.map((line) => lineShapes(line, size));
      const strokes = watched.flatMap((line) => line.strokes);
      const plates = [...watched.map(({ label }) => label), ...(full.header ? [headerShape(meta)] : [])];
      return [...strokes, ...ways, ...boxes, ...plates];
    },
  };
}
