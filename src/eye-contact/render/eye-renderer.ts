import type { Direction, EyeView, TrackedFace } from '../eyes.js';
import { angleBetween } from '../globe.js';
import type { EyePatch, RgbPicture } from '../port.js';
import { fade } from '../fade.js';
import { composeEye } from './compose-eye.js';
import { eyeFrame } from './eye-frame.js';
import { eyeLayers } from './eye-layers.js';
import { eyePose } from './eye-pose.js';
import { eyeRegion } from './eye-region.js';
import { SubjectEye } from './subject-eye.js';

/** Where an eye looks and where it is to look, in degrees to the camera's axis. */
export interface GazeChange {
  readonly from: Direction;
  readonly to: Direction;
  /** How much of the way is taken, 0 to 1; 1 unless told. An eye in between looks in between: two pictures of an iris laid over each other would show. */
  readonly opacity?: number;
}

/** How an eye renderer works. */
export interface EyeRendererOptions {
  /** 2 to 6: how large a region around the eyes may change; 3 unless told. */
  readonly eyeSizeSensitivity?: number;
}

/** Redraws the eyes of one person, frame after frame: it learns their colours and what lids hide as the clip goes on. */
export interface EyeRenderer {
  /**
   * The patches that turn each eye from where it looks to where it is to look. None for an eye that is closed, outside the picture, too small, or to be turned
   * by less than half a degree.
   */
  render(picture: RgbPicture, face: TrackedFace, gaze: readonly [GazeChange, GazeChange]): EyePatch[];
}

/** Degrees below which nothing is done, and from which all of it is. */
const STILL = 0.5;
const WHOLE = 1;
/** Closure from which an eye is drawn less, and from which it is left alone: in between it turns with its blink. */
const CLOSING = 0.6;
const CLOSED = 0.85;
/** An opening flatter than this part of its width shows too little to be drawn, however it usually is. */
const SLIT = 0.05;
/** Every so many frames the atlas takes a frame on. */
const ATLAS_EVERY = 3;

/** The target nearer to where the eye looks: all of it for an open eye that has far to go. */
function eased({ from, to, opacity = 1 }: GazeChange, closure: number): Direction {
  const share = opacity * fade(STILL, WHOLE, angleBetween(from, to)) * fade(CLOSED, CLOSING, closure);
  return { yaw: from.yaw + share * (to.yaw - from.yaw), pitch: from.pitch + share * (to.pitch - from.pitch) };
}

/** A renderer for one person of one video. */
export function createEyeRenderer({ eyeSizeSensitivity = 3 }: EyeRendererOptions = {}): EyeRenderer {
  const subjects = [new SubjectEye(), new SubjectEye()] as const;
  let frame = 0;
  const renderEye = (picture: RgbPicture, view: EyeView, index: 0 | 1, scale: number, change: GazeChange): EyePatch | undefined => {
    const opening = view.closure < CLOSED && view.openness > SLIT ? eyeFrame(view) : undefined;
    const region = opening && eyeRegion(picture, opening, eyeSizeSensitivity);
    if (!region) return undefined;
    const subject = subjects[index];
    const radius = subject.settleRadius(view.iris.radius, scale);
    const pose = eyePose(view, radius, change.from, eased(change, view.closure));
    const away = Math.hypot(pose.shift.x, pose.shift.y);
    const isStill = away === 0;
    if (isStill && frame % ATLAS_EVERY !== 0) return undefined;
    const layers = eyeLayers(region, pose, index === 0, subject, away + 3);
    if (frame % ATLAS_EVERY === 0) subject.atlas.add(layers.albedo, layers.seen, region.rect.x, region.rect.y, pose, subject.white);
    return isStill ? undefined : composeEye({ region, pose, layers, subject, noseRight: index === 0, sensitivity: eyeSizeSensitivity });
  };
  return {
    render(picture, face, gaze) {
      const patches = ([0, 1] as const).map((i) => renderEye(picture, face.eyes[i], i, face.scale, gaze[i]));
      frame++;
      return patches.filter((patch) => patch !== undefined);
    },
  };
}
