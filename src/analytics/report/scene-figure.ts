import type { Point, Size } from '../../core/index.js';
import type { Line } from '../port.js';
import { type Content, type Markup, html, trusted } from './markup.js';
import { toPng } from './png.js';
import type { StreamReport } from './run-report.js';
import { count, cut } from './wording.js';

/** A figure and the rules of style that only it needs: positions can't stand in `style` attributes, which the report's policy forbids. */
export interface StyledFigure {
  readonly markup: Markup;
  readonly css: string;
}

/** What is counted at a line. */
export interface CountedLine {
  readonly line: Line;
  readonly in: number;
  readonly out: number;
}

const dataUri = (type: string, bytes: Uint8Array): Markup => trusted(`data:${type};base64,${Buffer.from(bytes).toString('base64')}`);
const one = (value: number): string => String(Math.round(value * 10) / 10);

/** Unit vector to the right of the line, as seen going from its first point to its second; y points downwards. */
function towardsRight({ from, to }: Line): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  return { x: -(to.y - from.y) / length, y: (to.x - from.x) / length };
}

/** The line, and an arrow that points to where `in` leads. */
function drawnLine(line: Line, width: number): Markup {
  const { from, to } = line;
  const right = towardsRight(line);
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const [length, head] = [width * 0.055, width * 0.018];
  const tip = { x: middle.x + right.x * length, y: middle.y + right.y * length };
  const wing = (way: number): string =>
    `${one(tip.x - right.x * head + way * right.y * head * 0.7)} ${one(tip.y - right.y * head - way * right.x * head * 0.7)}`;
  const shaft = `M${one(middle.x)} ${one(middle.y)}L${one(tip.x)} ${one(tip.y)}M${wing(1)}L${one(tip.x)} ${one(tip.y)}L${wing(-1)}`;
  const way = `M${one(from.x)} ${one(from.y)}L${one(to.x)} ${one(to.y)}`;
  return html`<path class="halo" d="${way}${shaft}" /><path class="watched" d="${way}" /><path class="inward" d="${shaft}" />`;
}

/** How far along its line a tag stands: not in the middle, where the arrow is. */
const TAG_AT = 0.2;

/** Where the tag of a line stands, in percent of the picture, and within it. */
function tagPlace({ from, to }: Line, { width, height }: Size): Point {
  const within = (value: number, least: number): number => Math.min(100 - least, Math.max(least, value));
  return {
    x: within((100 * (from.x + (to.x - from.x) * TAG_AT)) / width, 16),
    y: within((100 * (from.y + (to.y - from.y) * TAG_AT)) / height, 6),
  };
}

const sceneId = (n: number): string => `scene-${n}`;

/** The scene with its lines and what was counted at each. */
function linesFigure({ scene, source }: StreamReport, lines: readonly CountedLine[], n: number): StyledFigure {
  if (scene === undefined || lines.length === 0) return { markup: html``, css: '' };
  const { width, height } = source.size;
  const tags = lines.map(({ line, in: into, out }, at) => {
    const { x, y } = tagPlace(line, source.size);
    return {
      css: `.tag-${n}-${at}{left:${one(x)}%;top:${one(y)}%}`,
      markup: html`<div class="tag tag-${n}-${at}">
        <b>${cut(line.name, 24)}</b> <span class="in">${count(into)} in</span> <span class="out">${count(out)} out</span>
      </div>`,
    };
  });
  const label = `The scene with ${lines.length === 1 ? 'the line' : 'the lines'} ${lines.map(({ line }) => line.name).join(', ')}; an arrow shows which way is in`;
  return {
    css: tags.map(({ css }) => css).join(''),
    markup: html`<figure class="card picture">
      <div class="scene">
        <svg role="img" aria-label="${label}" viewBox="0 0 ${width} ${height}">
          ${sceneImage(scene.jpeg, width, height, n)}${lines.map(({ line }) => drawnLine(line, width))}</svg
        >${tags.map(({ markup }) => markup)}
      </div>
      <figcaption>Arrows point to where <b class="in">in</b> leads: from the left of a line to its right.</figcaption>
    </figure>`,
  };
}

const sceneImage = (jpeg: Uint8Array, width: number, height: number, n: number): Markup =>
  html`<image id="${sceneId(n)}" width="${width}" height="${height}" preserveAspectRatio="none" href="${dataUri('image/jpeg', jpeg)}" />`;

/** Where objects stayed, over the scene in grey; the scene's bytes stand in the report once, in the lines' figure when there is one. */
function heatFigure({ scene, source, heat }: StreamReport, n: number, sceneIsDrawn: boolean): Markup {
  if (heat === undefined) return html``;
  const { width, height } = source.size;
  const below: Content = scene && (sceneIsDrawn ? html`<use href="#${sceneId(n)}" />` : sceneImage(scene.jpeg, width, height, n));
  return html`<figure class="card picture">
    <div class="scene">
      <svg role="img" aria-label="Heat map: where objects stayed longest, over the scene" viewBox="0 0 ${width} ${height}">
        <g class="grey">${below}</g>
        <image width="${width}" height="${height}" preserveAspectRatio="none" href="${dataUri('image/png', toPng(heat))}" />
      </svg>
    </div>
    <figcaption>Time spent there: a moment <span class="ramp"></span> longest.</figcaption>
  </figure>`;
}

/** The scene: its lines, and where objects stayed. `n` is the stream's place in the report. */
export function sceneSection(stream: StreamReport, lines: readonly CountedLine[], n: number, heading: Markup): StyledFigure {
  const drawn = linesFigure(stream, lines, n);
  const pictures = (drawn.css === '' ? 0 : 1) + (stream.heat === undefined ? 0 : 1);
  if (pictures === 0) return drawn;
  return {
    css: drawn.css,
    markup: html`<section>
      <h2>The scene${heading}</h2>
      <div class="pictures of-${pictures}">${drawn.markup}${heatFigure(stream, n, drawn.css !== '')}</div>
    </section>`,
  };
}
