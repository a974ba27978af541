import type { Point, Size } from '../../core/index.js';
import { Ink } from './ink.js';
import type { BoxShape, Rgb, Shape, TextShape } from './shape.js';
import { NOTHING, type Span2, type Surface } from './surface.js';
import { type TagWish, placeTags } from './tags.js';
import { type SetText, type Typesetter, baselineOf, sharedTypesetter } from './text/typesetter.js';

const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];

/** Black or white, whichever reads better on `plate` (WCAG 2 relative luminance; above 0.18 black has the higher contrast). */
export function readableOn(plate: Rgb): Rgb {
  const [r, g, b] = plate.map((value) => (value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? BLACK : WHITE;
}

/** Height of a tag's line: readable at 240 lines, not in the way at 2160. */
export const tagHeightPx = ({ height }: Size): number => Math.max(11, Math.round(6 + height / 60));

/** Whole pixels of a coordinate; far away is far enough. */
const whole = (value: number): number => Math.round(Math.min(1e7, Math.max(-1e7, value)));

/** The outline's outer edge: half of its width lies outside the box. Undefined for a box that is none. */
function outlineOf({ box, thicknessPx }: BoxShape): { readonly outer: Span2; readonly inner: Span2 } | undefined {
  const { x1, y1, x2, y2 } = box;
  if (![x1, y1, x2, y2, thicknessPx].every((value) => !Number.isNaN(value)) || x2 < x1 || y2 < y1) return undefined;
  const thickness = Math.max(1, whole(thicknessPx));
  const grow = thickness >> 1;
  const outer = {
    x1: whole(x1) - grow,
    y1: whole(y1) - grow,
    x2: Math.max(whole(x2), whole(x1) + 1) + grow,
    y2: Math.max(whole(y2), whole(y1) + 1) + grow,
  };
  const inner = { x1: outer.x1 + thickness, y1: outer.y1 + thickness, x2: outer.x2 - thickness, y2: outer.y2 - thickness };
  return { outer, inner: inner.x2 > inner.x1 && inner.y2 > inner.y1 ? inner : NOTHING };
}

/** A text with its plate; sizes in whole pixels. */
interface Label extends Size {
  readonly set: SetText;
  readonly padX: number;
  readonly baseline: number;
}

const textOf = (shape: Shape): string | undefined => (shape.kind === 'text' ? shape.text : shape.kind === 'box' ? shape.tag : undefined);

/** Draws shapes on surfaces of one size or several; keeps what it needs from picture to picture. One picture at a time. */
export class Painter {
  #ink: Ink | null = null;
  constructor(readonly type: Typesetter = sharedTypesetter()) {}

  /** Draws `shapes` in their order; tags come last, so that none is crossed out. Waits only where a text needs a font that is not open yet. */
  async paint(surface: Surface, shapes: readonly Shape[]): Promise<void> {
    const missing = shapes.map(textOf).filter((text) => text !== undefined && !this.type.isReady(text)) as string[];
    if (missing.length > 0) await this.type.load(missing);
    this.paintReady(surface, shapes);
  }

  /** As {@link paint}, at once; characters whose fonts are not open come out as boxes. */
  paintReady(surface: Surface, shapes: readonly Shape[]): void {
    const taken: Span2[] = [];
    for (const shape of shapes) {
      if (shape.kind === 'text') this.#text(surface, shape, taken);
      else if (shape.kind === 'box') this.#box(surface, shape);
      else this.#stroke(surface, shape);
    }
    this.#tags(surface, shapes, taken);
  }

  #box(surface: Surface, shape: BoxShape): void {
    const outline = outlineOf(shape);
    if (outline) surface.ring(outline.outer, outline.inner, shape.colour);
  }

  #stroke(surface: Surface, shape: Exclude<Shape, BoxShape | TextShape>): void {
    const ink = this.#inkFor(surface.size);
    if (shape.kind === 'dots') {
      if (Number.isNaN(shape.radiusPx)) return;
      for (const point of shape.points) ink.dot(point, shape.radiusPx);
    } else {
      if (Number.isNaN(shape.thicknessPx)) return;
      ink.path(shape.points, shape.thicknessPx, shape);
    }
    surface.ink(ink, 0, 0, shape.colour);
    ink.clear();
  }

  #inkFor({ width, height }: Size): Ink {
    if (this.#ink?.width !== width || this.#ink.height !== height) this.#ink = new Ink({ width, height });
    return this.#ink;
  }

  #text(surface: Surface, { text, at, colour, plate, heightPx }: TextShape, taken: Span2[]): void {
    if (Number.isNaN(at.x) || Number.isNaN(at.y) || !(heightPx > 0)) return;
    const label = this.#label(text, Math.min(heightPx, surface.size.height));
    const [x1, y1] = [whole(at.x), whole(at.y)];
    const place = { x1, y1, x2: x1 + label.width, y2: y1 + label.height };
    if (plate) surface.ring(place, NOTHING, plate);
    this.#letters(surface, label, { x: x1, y: y1 }, colour);
    taken.push(place);
  }

  #tags(surface: Surface, shapes: readonly Shape[], taken: readonly Span2[]): void {
    const wishes: (TagWish & { readonly label: Label; readonly colour: Rgb })[] = [];
    const height = tagHeightPx(surface.size);
    for (const shape of shapes) {
      const outline = shape.kind === 'box' && shape.tag ? outlineOf(shape) : undefined;
      if (shape.kind !== 'box' || !outline) continue;
      const label = this.#label(shape.tag!, height);
      wishes.push({ box: outline.outer, width: label.width, height: label.height, label, colour: shape.colour });
    }
    placeTags(wishes, surface.size, taken).forEach((place, i) => {
      if (!place) return;
      const { label, colour } = wishes[i]!;
      surface.ring(place, NOTHING, colour);
      this.#letters(surface, label, { x: place.x1, y: place.y1 }, readableOn(colour));
    });
  }

  #label(text: string, heightPx: number): Label {
    const height = Math.max(1, Math.round(heightPx));
    const set = this.type.set(text, height);
    const padX = Math.max(2, Math.round(height * 0.28));
    const padY = Math.round(height * 0.08);
    return { set, padX, baseline: padY + baselineOf(height), width: set.widthPx + 2 * padX, height: height + 2 * padY };
  }

  #letters(surface: Surface, { set, padX, baseline }: Label, at: Point, colour: Rgb): void {
    for (const { cover, x, y } of set.words) surface.ink(cover, at.x + padX + x + cover.x, at.y + baseline + y + cover.y, colour);
  }
}
