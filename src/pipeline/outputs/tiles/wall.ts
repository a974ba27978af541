import { type Frame, type FrameMeta, type Pts, type Rect, type Size, fail, toMs } from '../../../core/index.js';
import type { Composer, PicturePart } from '../../../media/index.js';
import { type Rgb, type Shape, type TextShape, clockText } from '../../../vision/index.js';
import type { DrawConfig, WallConfig } from '../../config-outputs.js';
import type { FrameResult } from '../../frame-result.js';
import type { LineState } from '../../nodes/board.js';
import { StreamDrawing } from '../stream-drawing.js';
import { letterboxed, tileLayout } from './tile-layout.js';

const GROUND: Rgb = [14, 16, 20];
const PLATE: Rgb = [36, 40, 47];
const TITLE: Rgb = [245, 245, 245];
const TITLE_PLATE: Rgb = [20, 20, 24];
/** Dark enough to be seen as over, light enough to see what was there. */
const ENDED_SHADE = 0.55;

/** Height of a title's line: readable on a small tile, not in the way on a large one. */
const titleHeightPx = ({ height }: Size): number => Math.max(14, Math.round(8 + height / 40));

/** Width of an average letter in heights of its line; titles that would not fit are cut. */
const LETTER = 0.56;

/** What a tile shows, with what is drawn on it once its size is known. */
interface Shown {
  readonly frame: Frame;
  readonly meta: FrameMeta;
  readonly lines: readonly LineState[];
  /** What algorithms and the caller draw. */
  readonly shapes: readonly Shape[];
  drawn?: { readonly size: Size; readonly shapes: readonly Shape[] };
  /** Whether a picture has shown it: also the last one of a stream is to be seen as it was, once. */
  seen?: boolean;
}

interface Tile {
  readonly name: string;
  aspect: number;
  drawing: StreamDrawing;
  state: 'waiting' | 'running' | 'ended';
  shown?: Shown | undefined;
  /** The last picture, darkened, of a stream that is over. */
  frozen?: Frame | undefined;
}

const isSame = (a: Size, b: Size): boolean => a.width === b.width && a.height === b.height;
const sizeOf = ({ width, height }: Rect): Size => ({ width, height });

function clear(tile: Tile): void {
  tile.shown?.frame.close();
  tile.frozen?.close();
  tile.shown = undefined;
  tile.frozen = undefined;
}

/** How a wall is made. */
export interface WallMaterial {
  /** Names the wall in faults and in its frames. */
  readonly name: string;
  readonly draw: DrawConfig;
  /** Nodes that a tracker reads. */
  readonly followed: readonly string[];
  /** Used, and not closed. */
  readonly composer: Composer;
}

/** The newest pictures of many streams, and the one picture that they make together. Holds one frame a stream. */
export class Wall implements Disposable {
  #tiles: Tile[] = [];
  #cells: readonly Rect[] | undefined;

  constructor(
    readonly config: WallConfig,
    readonly material: WallMaterial,
  ) {}

  /** Whether the stream has a tile. */
  has(name: string): boolean {
    return this.#find(name) !== undefined;
  }

  /** Gives the stream a tile, or starts the one that it had anew; a stream that the wall does not show gets none. @throws Fault OUTPUT_FAILED when every cell is taken */
  add(name: string, { width, height }: Size): void {
    const { streams } = this.config;
    if (streams && !streams.includes(name)) return;
    const aspect = width / height;
    const drawing = new StreamDrawing({ ...this.material.draw, ...(this.config.titles ? { header: false } : {}) }, this.material.followed);
    const tile: Tile = { name, aspect, drawing, state: 'waiting' };
    const at = this.#tiles.findIndex((other) => other.name === name);
    if (at >= 0) {
      clear(this.#tiles[at]!);
      this.#tiles[at] = tile;
    } else this.#place(tile);
    this.#cells = undefined;
  }

  /** The stream is over; its last picture stays. */
  end(name: string): void {
    const tile = this.#find(name);
    if (tile) tile.state = 'ended';
  }

  /** Shows the result from now on, in place of the one before; keeps a share of its frame. */
  show({ shown, meta, lines, shapes }: FrameResult): void {
    const tile = this.#find(meta.stream);
    if (!tile || tile.state === 'ended') return;
    tile.shown?.frame.close();
    tile.shown = { frame: shown.retain('wall'), meta, lines, shapes };
    tile.state = 'running';
  }

  /** The picture of now; it is the caller's. One at a time. */
  async compose(number: number, pts: Pts): Promise<Frame> {
    const { size } = this.config;
    const cells = this.#layout();
    // What is shown may change while it is composed.
    const parts: PicturePart[] = [];
    try {
      for (const [i, tile] of [...this.#tiles].entries()) parts.push(await this.#part(tile, cells[i]!));
      return await this.material.composer.compose(parts, { stream: this.material.name, number, pts, size, ground: GROUND });
    } finally {
      for (const { frame } of parts) frame?.close();
    }
  }

  /** With a share of the frame that it shows. */

  async #part(tile: Tile, cell: Rect): Promise<PicturePart> {
    const at = letterboxed(cell, tile.aspect);
    const { shown } = tile;
    if (tile.state === 'ended' && shown?.seen) await this.#freeze(tile, shown, at);
    if (tile.frozen) return { at, frame: tile.frozen.retain('wall'), shapes: this.#title(tile, at, 'ended') };
    if (!shown || shown.frame.closed)
      return { at: cell, fill: PLATE, shapes: this.#title(tile, cell, tile.state === 'ended' ? 'ended' : 'waiting for pictures') };
    shown.seen = true;
    const shapes = [...this.#drawn(tile, shown, at), ...this.#title(tile, at, clockText(toMs(shown.meta.pts)))];
    return { at, frame: shown.frame.retain('wall'), shapes };
  }

  /** Of a stream that is over, a picture of the tile's size is enough: its frame goes back to where it came from. */
  async #freeze(tile: Tile, shown: Shown, at: Rect): Promise<void> {
    using frame = shown.frame.retain('wall');
    const size = sizeOf(at);
    const part = { at: { x: 0, y: 0, ...size }, frame, shapes: this.#drawn(tile, shown, at) };
    const { stream, number, pts } = frame;
    using plain = await this.material.composer.compose([part], { stream, number, pts, size, ground: GROUND });
    const shade = { at: part.at, frame: plain, shade: ENDED_SHADE };
    const frozen = await this.material.composer.compose([shade], { stream, number, pts, size, ground: GROUND });
    // It may have come back meanwhile.
    if (tile.shown !== shown) return frozen.close();
    clear(tile);
    tile.frozen = frozen;
  }

  /** A frame that stays is drawn on as before: trails go on only with the next one. */
  #drawn({ drawing }: Tile, shown: Shown, at: Rect): readonly Shape[] {
    const size = sizeOf(at);
    if (shown.drawn && isSame(shown.drawn.size, size)) return shown.drawn.shapes;
    shown.drawn = { size, shapes: drawing.shapes(shown, size) };
    return shown.drawn.shapes;
  }

  #title({ name }: Tile, at: Rect, told: string): TextShape[] {
    if (!this.config.titles) return [];
    const heightPx = Math.min(titleHeightPx(at), at.height);
    const room = Math.floor(at.width / (heightPx * LETTER)) - told.length - 3;
    const short = name.length > room ? `${name.slice(0, Math.max(3, room - 1))}…` : name;
    return [{ kind: 'text', text: `${short}  ${told}`, at: { x: 0, y: 0 }, heightPx, colour: TITLE, plate: TITLE_PLATE }];
  }

  #find(name: string): Tile | undefined {
    return this.#tiles.find((tile) => tile.name === name);
  }

  /** In the order of the configuration, else of joining. In a grid that is full, whoever is over makes room. */
  #place(tile: Tile): void {
    const { rows, columns, streams } = this.config;
    const cells = rows !== undefined && columns !== undefined ? rows * columns : Infinity;
    const over = this.#tiles.findIndex(({ state }) => state === 'ended');
    if (this.#tiles.length < cells) this.#tiles.push(tile);
    else if (over >= 0) {
      clear(this.#tiles[over]!);
      this.#tiles[over] = tile;
    } else fail('OUTPUT_FAILED', `${this.material.name}: no tile is left for ${tile.name}: ${rows} rows of ${columns} tiles are taken`);
    if (streams) this.#tiles.sort((a, b) => streams.indexOf(a.name) - streams.indexOf(b.name));
  }

  #layout(): readonly Rect[] {
    const { rows, columns, size, gap } = this.config;
    this.#cells ??= tileLayout({ size, gap, rows, columns, aspects: this.#tiles.map(({ aspect }) => aspect) }).cells;
    return this.#cells;
  }

  [Symbol.dispose](): void {
    for (const tile of this.#tiles) clear(tile);
    this.#tiles = [];
  }
}
