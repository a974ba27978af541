import { type Actor, appearances } from './actors.js';
import { type Backdrop, type Layer } from './backdrop.js';
import { farToNear } from './scene-truth.js';
import { type Canvas, drawLayer, drawSprite } from './sprite.js';
import { PATHS, type PathName, SCENE_SIZE } from './stage.js';

/** Draws frames of the scene. */
export interface Composer {
  /** The picture `seconds` into the scene, [H, W, 3] UINT8, written into `rgb`. */
  draw(seconds: number, rgb: Uint8Array): void;
}

/** Puts actors on the backdrop, from far to near, each behind what hides their legs. */
export function createComposer(backdrop: Backdrop, actors: readonly Actor[]): Composer {
  const order = farToNear(actors);
  const before: Readonly<Record<PathName, readonly Layer[]>> = { far: backdrop.beforeFar, middle: backdrop.beforeMiddle, near: [] };
  return {
    draw(seconds, rgb) {
      const canvas: Canvas = { size: SCENE_SIZE, rgb };
      rgb.set(backdrop.rgb);
      for (const path of Object.keys(PATHS) as PathName[]) {
        for (const actor of order.filter(({ walker }) => walker.path === path))
          for (const { sprite, pose } of appearances(actor, seconds)) drawSprite(canvas, sprite, pose, actor.walker.lane.drawnTo);
        for (const { rect, rgba } of before[path]) drawLayer(canvas, rect, rgba);
      }
    },
  };
}
