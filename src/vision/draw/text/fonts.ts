import type * as HarfBuzz from 'harfbuzzjs';
import { FONT_FAMILIES, type FontFamily, type FontFile, filesOf, isFor, readFontFile } from './font-files.js';
import { type PlacedCover, type Segment, fillOutline } from './outline.js';

/** A glyph of a shaped text; lengths in font units, 1000 or so to the em. */
export interface ShapedGlyph {
  readonly glyph: number;
  readonly advance: number;
  readonly x: number;
  readonly y: number;
}

/** A font file, opened. */
export interface OpenFont {
  /** Font units to the em. */
  readonly unitsPerEm: number;
  has(codePoint: number): boolean;
  /** Glyphs in the order in which they stand, kerned and joined as the font says. */
  shape(text: string): readonly ShapedGlyph[];
  /** The glyph at `scale` pixels a font unit, its origin `shiftPx` right of a pixel's edge. */
  draw(glyph: number, scale: number, shiftPx: number): PlacedCover;
}

/** Between Regular and Medium: tags are small, and light letters on a plate look thinner than they are. */
const WEIGHT = 550;

function openFont(hb: typeof HarfBuzz, sfnt: Uint8Array): OpenFont {
  const face = new hb.Face(new hb.Blob(sfnt.slice().buffer));
  const font = new hb.Font(face);
  font.setVariations([new hb.Variation('wght', WEIGHT)]);
  const characters = new Set(face.collectUnicodes());
  const pen = new hb.DrawFuncs();
  let [scale, shift] = [1, 0];
  let segments: Segment[] = [];
  const px = (x: number): number => x * scale + shift;
  const py = (y: number): number => -y * scale;
  pen.setMoveToFunc((x, y) => void segments.push({ kind: 'move', x: px(x), y: py(y) }));
  pen.setLineToFunc((x, y) => void segments.push({ kind: 'line', x: px(x), y: py(y) }));
  pen.setQuadraticToFunc((cx, cy, x, y) => void segments.push({ kind: 'quad', cx: px(cx), cy: py(cy), x: px(x), y: py(y) }));
  pen.setCubicToFunc(
    (c1x, c1y, c2x, c2y, x, y) => void segments.push({ kind: 'cubic', c1x: px(c1x), c1y: py(c1y), c2x: px(c2x), c2y: py(c2y), x: px(x), y: py(y) }),
  );
  return {
    unitsPerEm: face.upem,
    has: (codePoint) => characters.has(codePoint),
    shape(text) {
      const buffer = new hb.Buffer();
      buffer.addText(text);
      buffer.guessSegmentProperties();
      hb.shape(font, buffer);
      const places = buffer.getGlyphPositions();
      return buffer.getGlyphInfos().map(({ codepoint }, i) => {
        const { xAdvance, xOffset, yOffset } = places[i]!;
        return { glyph: codepoint, advance: xAdvance, x: xOffset, y: yOffset };
      });
    },
    draw(glyph, pixelsPerUnit, shiftPx) {
      [scale, shift, segments] = [pixelsPerUnit, shiftPx, []];
      font.drawGlyph(glyph, pen);
      return fillOutline(segments);
    },
  };
}

/** Characters that ask for no glyph of their own: joiners, marks of direction, variation selectors. */
const isSilent = (codePoint: number): boolean =>
  (codePoint >= 0x200b && codePoint <= 0x200f) || (codePoint >= 0xfe00 && codePoint <= 0xfe0f) || codePoint === 0xfeff;

/**
 * Finds the font of each character and opens its file when a text first needs it. HarfBuzz and the WOFF2 decoder are loaded with the first
 * file, so that a program that draws no text pays for neither.
 */
export class Fonts {
  /** The font of each character met so far; null where no font has it. */
  readonly #byCharacter = new Map<number, OpenFont | null>();
  readonly #families = new Map<FontFamily, Promise<readonly FontFile[]>>();
  readonly #open = new Map<string, Promise<OpenFont | null>>();

  constructor(readonly families: readonly FontFamily[] = FONT_FAMILIES) {}

  /** The font that has the character; null when none has, undefined before {@link load} has looked. */
  fontOf(codePoint: number): OpenFont | null | undefined {
    return isSilent(codePoint) ? null : this.#byCharacter.get(codePoint);
  }

  /** True when every character of `text` has been looked up. */
  knows(text: string): boolean {
    for (const character of text) if (this.fontOf(character.codePointAt(0)!) === undefined) return false;
    return true;
  }

  /** Looks up the characters of `texts`. A font that cannot be read counts as one that has nothing. */
  async load(texts: Iterable<string>): Promise<void> {
    const wanted = new Set<number>();
    for (const text of texts) for (const character of text) wanted.add(character.codePointAt(0)!);
    for (const codePoint of wanted) if (this.fontOf(codePoint) === undefined) this.#byCharacter.set(codePoint, await this.#find(codePoint));
  }

  async #find(codePoint: number): Promise<OpenFont | null> {
    for (const family of this.families) {
      const files = this.#families.get(family) ?? filesOf(family).catch(() => []);
      this.#families.set(family, files);
      for (const file of await files) {
        const font = isFor(file, codePoint) ? await this.#opened(file) : null;
        if (font?.has(codePoint)) return font;
      }
    }
    return null;
  }

  #opened({ specifier }: FontFile): Promise<OpenFont | null> {
    const font = this.#open.get(specifier) ?? this.#read(specifier).catch(() => null);
    this.#open.set(specifier, font);
    return font;
  }

  async #read(specifier: string): Promise<OpenFont> {
    const [hb, { default: decompress }] = await Promise.all([import('harfbuzzjs'), import('woff2-encoder/decompress')]);
    return openFont(hb, await decompress(await readFontFile(specifier)));
  }
}
