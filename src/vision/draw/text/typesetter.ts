import type { Cover } from '../surface.js';
import { Fonts, type OpenFont } from './fonts.js';
import { type PlacedCover, fillOutline } from './outline.js';

/** Ink of a word or a glyph, whose origin lies at x, y from the left end of the baseline. */
interface Placed {
  readonly cover: PlacedCover;
  readonly x: number;
  readonly y: number;
}

/** A text, ready to be inked. */
export interface SetText {
  /** How far the text reaches, in whole pixels. */
  readonly widthPx: number;
  /** Not put together: of a label with a number that changes, only the number is new. */
  readonly words: readonly Placed[];
}

/** Most kept; labels with changing numbers would fill the memory otherwise. */
const KEPT = 4000;
/** Glyphs stand at quarters of a pixel: at whole ones, small text would be unevenly spaced. */
const QUARTERS = 4;
/** Height of Noto Sans' x, at the weight that is used, and of its capitals, in ems. */
const X_HEIGHT = 0.541;
const CAP_HEIGHT = 0.714;
/** Em of a line: ascenders, descenders and a little air come to 1.2 ems. */
const LINE_EMS = 1.2;
/** From the top of the line to the baseline, in ems. */
const ASCENT_EMS = 0.94;

/** Em in pixels for a line of this height: such that the small letters end at a pixel's edge, which keeps them sharp. */
export function emOf(heightPx: number): number {
  const em = heightPx / LINE_EMS;
  return Math.max(1, Math.round(em * X_HEIGHT)) / X_HEIGHT;
}

/** From the top of a line of this height to its baseline, in whole pixels. */
export const baselineOf = (heightPx: number): number => Math.round((heightPx * ASCENT_EMS) / LINE_EMS);

/** Keeps the things last used, at least half of `limit` of them; cheaper than a list in order of use. */
class Recent<T> {
  #young = new Map<string, T>();
  #old = new Map<string, T>();
  constructor(readonly limit: number) {}

  get(key: string, make: () => T): T {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const value = this.#old.get(key) ?? make();
    if (this.#young.size * 2 >= this.limit) [this.#old, this.#young] = [this.#young, new Map()];
    this.#young.set(key, value);
    return value;
  }
}

/** Stands for a character that no font has: an empty box. */
function missingGlyph(em: number, shift: number): PlacedCover {
  const [left, right, top, edge] = [0.08 * em + shift, 0.52 * em + shift, -CAP_HEIGHT * em, Math.max(1, 0.07 * em)];
  const box = (x1: number, y1: number, x2: number, y2: number): [number, number][] => [[x1, y1], [x2, y1], [x2, y2], [x1, y2]]; // prettier-ignore
  const contours = [box(left, top, right, 0), box(left + edge, top + edge, right - edge, -edge).toReversed()];
  return fillOutline(contours.flatMap((points) => points.map(([x, y], i) => ({ kind: i === 0 ? 'move' : 'line', x, y }) as const)));
}
const MISSING_ADVANCE = 0.6;

/** Adds up the ink of several covers. */
function joined(parts: readonly Placed[]): PlacedCover {
  const inked = parts.filter(({ cover }) => cover.width > 0);
  if (inked.length === 0) return { x: 0, y: 0, width: 0, height: 0, bytes: new Uint8Array(0) };
  const left = Math.min(...inked.map(({ cover, x }) => x + cover.x));
  const top = Math.min(...inked.map(({ cover, y }) => y + cover.y));
  const width = Math.max(...inked.map(({ cover, x }) => x + cover.x + cover.width)) - left;
  const height = Math.max(...inked.map(({ cover, y }) => y + cover.y + cover.height)) - top;
  const bytes = new Uint8Array(width * height);
  for (const { cover, x, y } of inked) addInk(bytes, width, cover, x + cover.x - left, y + cover.y - top);
  return { x: left, y: top, width, height, bytes };
}

function addInk(bytes: Uint8Array, stride: number, cover: Cover, x: number, y: number): void {
  for (let row = 0; row < cover.height; row++) {
    let at = (y + row) * stride + x;
    for (let from = row * cover.width; from < (row + 1) * cover.width; from++, at++) {
      bytes[at] = Math.min(255, bytes[at]! + cover.bytes[from]!);
    }
  }
}

/** Neighbours of one font, which are shaped together. */
interface Run {
  readonly font: OpenFont | null;
  text: string;
}

/** Sets text in the project's own fonts. Texts, words and glyphs are kept, so that a label seen before costs a look-up. */
export class Typesetter {
  readonly #texts = new Recent<SetText>(KEPT);
  readonly #words = new Recent<{ readonly cover: PlacedCover; readonly advance: number }>(KEPT);
  readonly #glyphs = new Recent<PlacedCover>(KEPT);
  readonly #numbers = new Map<OpenFont, number>();

  constructor(readonly fonts = new Fonts()) {}

  /** True when `text` can be set at once. */
  isReady(text: string): boolean {
    return this.fonts.knows(text);
  }

  /** Makes the fonts of `texts` ready; never fails: what has no font is set as a box. */
  load(texts: Iterable<string>): Promise<void> {
    return this.fonts.load(texts);
  }

  /** Sets one line; every kind of white space is a space. Characters not {@link load}ed come out as boxes. */
  set(text: string, heightPx: number): SetText {
    return this.#texts.get(`${heightPx} ${text}`, () => this.#set(text, heightPx));
  }

  #set(text: string, heightPx: number): SetText {
    const em = emOf(heightPx);
    const parts: Placed[] = [];
    let pen = 0;
    for (const part of text.split(/(\s)/u)) {
      if (part === '') continue;
      if (/\s/u.test(part)) {
        pen += 0.26 * em;
        continue;
      }
      const quarter = Math.round((pen - Math.floor(pen)) * QUARTERS);
      const start = Math.floor(pen) + Math.floor(quarter / QUARTERS);
      const { cover, advance } = this.#word(part, heightPx, quarter % QUARTERS);
      parts.push({ cover, x: start, y: 0 });
      pen += advance;
    }
    return { widthPx: Math.ceil(pen), words: parts };
  }

  #word(word: string, heightPx: number, quarter: number): { readonly cover: PlacedCover; readonly advance: number } {
    return this.#words.get(`${heightPx} ${quarter} ${word}`, () => {
      const em = emOf(heightPx);
      const parts: Placed[] = [];
      let pen = quarter / QUARTERS;
      for (const run of this.#runs(word)) pen = this.#run(run, em, pen, parts);
      return { cover: joined(parts), advance: pen - quarter / QUARTERS };
    });
  }

  #runs(word: string): Run[] {
    const runs: Run[] = [];
    for (const character of word) {
      const found = this.fonts.fontOf(character.codePointAt(0)!) ?? null;
      const last = runs.at(-1);
      // A mark or joiner goes with the letter before it when that letter's font has it, or it is silent.
      if (last && (last.font === found || (/\p{M}|\p{Cf}/u.test(character) && last.font))) last.text += character;
      else runs.push({ font: found, text: character });
    }
    return runs;
  }

  #run({ font, text }: Run, em: number, from: number, parts: Placed[]): number {
    let pen = from;
    const place = (cover: (quarter: number) => PlacedCover, x: number, y: number): void => {
      const quarter = Math.round((x - Math.floor(x)) * QUARTERS);
      parts.push({ cover: cover(quarter % QUARTERS), x: Math.floor(x) + Math.floor(quarter / QUARTERS), y: Math.round(y) });
    };
    if (!font) {
      for (const character of text) {
        if (/\p{Cf}|\p{M}/u.test(character)) continue;
        place((quarter) => this.#glyphs.get(`box ${em} ${quarter}`, () => missingGlyph(em, quarter / QUARTERS)), pen, 0);
        pen += MISSING_ADVANCE * em;
      }
      return pen;
    }
    const scale = em / font.unitsPerEm;
    const number = this.#numberOf(font);
    for (const { glyph, advance, x, y } of font.shape(text)) {
      const drawn = (quarter: number): PlacedCover =>
        this.#glyphs.get(`${number} ${glyph} ${em} ${quarter}`, () => font.draw(glyph, scale, quarter / QUARTERS));
      place(drawn, pen + x * scale, -y * scale);
      pen += advance * scale;
    }
    return pen;
  }

  #numberOf(font: OpenFont): number {
    const known = this.#numbers.get(font) ?? this.#numbers.size;
    this.#numbers.set(font, known);
    return known;
  }
}

let shared: Typesetter | undefined;

/** The typesetter of this thread; its fonts and glyphs serve every picture. */
export const sharedTypesetter = (): Typesetter => (shared ??= new Typesetter());
