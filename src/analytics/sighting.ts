import type { Box, FrameMeta, ObjectMeta, Point } from '../core/index.js';

/** An object with an identity over time, seen on a frame by the node that found it. */
export interface Sighting {
  /** Names the track among those of its stream: ids of two nodes may be the same. */
  readonly key: string;
  readonly trackId: number;
  readonly object: ObjectMeta;
}

/**
 * The tracked objects that were really seen on a frame. Untracked ones are left out, and so are those of a node that did not
 * look at this frame: where a tracker believes an object to be is no sighting.
 */
export function sightings({ objects, inferred }: FrameMeta): readonly Sighting[] {
  return objects.flatMap((object) => {
    const { node, trackId } = object;
    return trackId === undefined || inferred[node] === false ? [] : [{ key: `${node}#${trackId}`, trackId, object }];
  });
}

/** Where an object stands: the bottom centre of its box. */
export function anchorOf({ x1, x2, y2 }: Box): Point {
  return { x: (x1 + x2) / 2, y: y2 };
}
