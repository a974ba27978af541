import { type FrameMeta, type ObjectMeta, type Point, type Size, fromMs } from '../core/index.js';

/** An object of a written scene: where its feet are and what is known of it. */
export interface SceneObject {
  readonly feet: Point;
  readonly trackId?: number;
  readonly label?: string;
  readonly heightPx?: number;
  readonly confidence?: number;
}

/** How a frame of a written scene is taken. */
export interface SceneFrame {
  readonly frame: number;
  readonly objects: readonly SceneObject[];
  readonly size?: Size;
  readonly stream?: string;
  /** Frames a second; 10 when absent. */
  readonly fps?: number;
  /** Whether the detector looked; it did when absent. */
  readonly inferred?: boolean;
}

const WIDTH_OF_HEIGHT = 0.4;

function toObject({ feet, trackId, label = 'person', heightPx = 100, confidence = 0.9 }: SceneObject, id: number): ObjectMeta {
  const halfWidth = (heightPx * WIDTH_OF_HEIGHT) / 2;
  const box = { x1: feet.x - halfWidth, y1: feet.y - heightPx, x2: feet.x + halfWidth, y2: feet.y };
  return { id, node: 'detector', label, classId: 0, confidence, box, attributes: [], ...(trackId === undefined ? {} : { trackId }) };
}

/** Metadata of a frame as a detector and a tracker would write it; for tests, which say where people stand and nothing else. */
export function sceneFrame({
  frame,
  objects,
  size = { width: 1280, height: 720 },
  stream = 'door',
  fps = 10,
  inferred = true,
}: SceneFrame): FrameMeta {
  return { stream, frame, pts: fromMs((frame * 1000) / fps), size, inferred: { detector: inferred }, objects: objects.map(toObject) };
}
