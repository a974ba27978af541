import type { Direction } from '../eyes.js';
import { flickerRatio, gainSlope, gazeAtOffset, irisOffset, jitter } from '../metrics/index.js';
import type { RgbPicture } from '../port.js';
import { applyPatches, createEyeRenderer } from '../render/index.js';
import { type SyntheticScene, renderFace, syntheticScene } from '../synthetic/index.js';
import { eyeRect } from './eye-scores.js';

/** What a drawn clip says: eyes wander, blink once, and are turned to the camera all the while by one renderer that learns. */
export interface ClipEvaluation {
  readonly frames: number;
  /** Slope of the sideways gaze after over that before: 0 when fully redirected, 1 when nothing is done. */
  readonly gain: number;
  /** Degrees of trembling of the sideways gaze afterwards: what a moving mean of five frames leaves, root mean square. */
  readonly jitter: number;
  /** Change of brightness from frame to frame in an eye's region over that of the truth. */
  readonly flicker: number;
  /** Patches drawn on frames whose eyes are closed: must be 0. */
  readonly patchesClosed: number;
}

/** Where the eyes look on a frame: a slow round within 16 degrees sideways and 7 up and down. */
const wandering = (frame: number): Direction => ({ yaw: 16 * Math.sin(frame / 6), pitch: 7 * Math.sin(frame / 9.5) - 2 });

/** How far the lids are open on a frame: a blink of five frames around `middle`. */
const blinking = (frame: number, middle: number): number => Math.min(1, Math.max(0, Math.abs(frame - middle) / 2 - 0.5));

/** Openness below which an eye counts as closed, and above which its iris is seen well enough to be measured. */
const CLOSED = 0.15;
const OPEN = 0.8;

/** Evaluates the renderer on a drawn clip, with everything about the eyes known exactly on each frame. */
export function evaluateClip(given: Partial<SyntheticScene> = {}, frames = 40): ClipEvaluation {
  const renderer = createEyeRenderer();
  const ahead: Direction = { yaw: 0, pitch: 0 };
  const [before, after]: [number[], number[]] = [[], []];
  const [output, truths]: [RgbPicture[], RgbPicture[]] = [[], []];
  let patchesClosed = 0;
  const rest = renderFace(syntheticScene(given)).face.eyes[1];
  for (let frame = 0; frame < frames; frame++) {
    const gaze = wandering(frame);
    const openness = blinking(frame, Math.floor(frames / 2));
    const scene = syntheticScene({ ...given, openness, gaze: [gaze, gaze], frame });
    const { picture, face } = renderFace(scene);
    const truth = renderFace({ ...scene, gaze: [ahead, ahead], frame: frame + frames });
    const patches = renderer.render(picture, face, [{ from: gaze, to: ahead }, { from: gaze, to: ahead }]); // prettier-ignore
    const drawn = applyPatches(picture, patches);
    output.push(drawn);
    truths.push(truth.picture);
    if (openness < CLOSED) patchesClosed += patches.length;
    if (openness < OPEN) continue;
    const view = truth.face.eyes[1];
    before.push(gaze.yaw);
    after.push(gazeAtOffset(view, irisOffset(drawn, truth.picture, view, 0.75 * view.iris.radius)).yaw);
  }
  return {
    frames,
    gain: gainSlope(before, after),
    jitter: jitter(after),
    flicker: flickerRatio(output, truths, eyeRect(rest, output[0]!)),
    patchesClosed,
  };
}
