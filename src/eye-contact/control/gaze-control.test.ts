import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Direction, EyeView, TrackedFace } from '../eyes.js';
import { type GazeAim, GazeControl } from './gaze-control.js';
import { eyeContactSettings } from '../settings.js';
import type { ControlSettings } from './settings.js';
import { ramp, redirectionWeight } from './weight.js';

const SETTINGS: ControlSettings = eyeContactSettings();

interface Made {
  readonly gaze?: Direction;
  readonly head?: Direction;
  readonly closure?: number;
  readonly confidence?: number;
  readonly eyeConfidence?: number;
}

const AHEAD = { yaw: 0, pitch: 0 };
const NOWHERE = { x: 0, y: 0 };

function face({ gaze = AHEAD, head = AHEAD, closure = 0, confidence = 1, eyeConfidence = 1 }: Made = {}): TrackedFace {
  const eye: EyeView = {
    upperLid: [],
    lowerLid: [],
    iris: { centre: NOWHERE, radius: 8, ring: [] },
    globe: NOWHERE,
    globeRadius: 14,
    openness: 0.3 * (1 - closure),
    closure,
    gaze,
    confidence: eyeConfidence,
  };
  return { id: 1, box: { x1: 0, y1: 0, x2: 200, y2: 200 }, confidence, head: { ...head, roll: 0 }, scale: 90, eyes: [eye, eye] };
}

/** What becomes of `count` frames at `rate` a second. */
function run(count: number, at: (frame: number) => Made, settings: Partial<ControlSettings> = {}, rate = 30): GazeAim[] {
  const control = new GazeControl({ ...SETTINGS, ...settings });
  return Array.from({ length: count }, (_, frame) => control.next(face(at(frame)), frame / rate));
}

const drawn = (aims: readonly GazeAim[]): Direction[] => aims.map(({ eyes }) => eyes[0].gaze);

test('a ramp is full below, nothing above, smooth between, and a switch where its ends meet', () => {
  const threshold = { low: 20, high: 30 };
  assert.deepEqual([0, 20, 25, 30, 60, -25].map((degrees) => ramp(degrees, threshold)), [1, 1, 0.5, 0, 0, 0.5]); // prettier-ignore
  assert.deepEqual([14.9, 15, 15.1].map((degrees) => ramp(degrees, { low: 15, high: 15 })), [1, 1, 0]); // prettier-ignore
  assert.equal(ramp(18, { low: 20, high: 10 }), 1);
});

test('of the four angles the one that allows least decides', () => {
  const weight = (made: Made): number => redirectionWeight(face(made), made.gaze ?? AHEAD, SETTINGS);
  assert.equal(weight({ gaze: { yaw: 10, pitch: -10 } }), 1);
  assert.equal(weight({ gaze: { yaw: 25, pitch: -10 } }), 0.5);
  assert.equal(weight({ gaze: { yaw: 10, pitch: -31 } }), 0);
  assert.equal(weight({ head: { yaw: 0, pitch: 20 } }), 0.5);
  assert.equal(weight({ head: { yaw: -31, pitch: 0 }, gaze: { yaw: 25, pitch: 0 } }), 0);
  assert.equal(weight({ confidence: 0.1 }), 0);
});

test('eyes within the thresholds are taken to the camera', () => {
  const last = run(30, () => ({ gaze: { yaw: 12, pitch: -9 } })).at(-1)!;
  assert.equal(last.weight, 1);
  assert.deepEqual(last.eyes[1].gaze, { yaw: 0, pitch: 0 });
  assert.equal(last.eyes[1].opacity, 1);
});

test('eyes that are on the camera already are left untouched', () => {
  assert.equal(run(5, () => ({ gaze: { yaw: 0.1, pitch: -0.2 } })).at(-1)!.eyes[0].opacity, 0);
});

test('what strength leaves out, it leaves out of the pitch first', () => {
  const { gaze } = run(5, () => ({ gaze: { yaw: 10, pitch: -10 } }), { strength: 0.5 }).at(-1)!.eyes[0];
  assert.deepEqual(gaze, { yaw: 2.5, pitch: -5 });
});

test('over the whole sweep of gaze and head, eyes move at most 1.5 degrees a frame more than they do themselves', () => {
  const sweeps: ((frame: number) => Made)[] = [
    (frame) => ({ gaze: { yaw: frame * 0.25 - 40, pitch: 0 } }),
    (frame) => ({ gaze: { yaw: 0, pitch: frame * 0.25 - 40 } }),
    (frame) => ({ gaze: { yaw: 15, pitch: 5 }, head: { yaw: frame * 0.25 - 40, pitch: 0 } }),
    (frame) => ({ gaze: { yaw: 15, pitch: 5 }, head: { yaw: 0, pitch: frame > 100 ? 40 : 0 } }),
  ];
  for (const [sweep, at] of sweeps.entries()) {
    const gazes = drawn(run(320, at));
    for (let frame = 1; frame < gazes.length; frame++) {
      const [a, b] = [gazes[frame - 1]!, gazes[frame]!];
      const [was, is] = [at(frame - 1).gaze!, at(frame).gaze!];
      const own = Math.hypot(is.yaw - was.yaw, is.pitch - was.pitch);
      const step = Math.hypot(b.yaw - a.yaw, b.pitch - a.pitch);
      assert.ok(step - own <= 1.5, `sweep ${sweep}, frame ${frame}: ${step - own} degrees`);
    }
  }
});

test('at the edge of a threshold a trembling head does not make the eyes swim', () => {
  const tremble = (frame: number): Made => ({ gaze: { yaw: 12, pitch: 0 }, head: { yaw: 27 + Math.sin(frame * 1.7) * 0.15, pitch: 0 } });
  const gazes = drawn(run(200, tremble)).slice(20).map(({ yaw }) => yaw); // prettier-ignore
  assert.equal(Math.max(...gazes) - Math.min(...gazes), 0);
});

test('nothing is drawn over a closed eye, with and without detectClosure, and a blink does not let the gaze go', () => {
  for (const detectClosure of [false, true]) {
    const aims = run(120, (frame) => ({ gaze: { yaw: 10, pitch: 0 }, closure: frame >= 90 && frame < 95 ? 1 : 0 }), { detectClosure });
    assert.equal(aims[89]!.eyes[0].opacity, 1);
    assert.equal(aims[92]!.eyes[0].opacity, 0);
    assert.equal(aims[96]!.eyes[0].opacity, 1);
    assert.ok(aims.slice(60).every(({ eyes }) => eyes[0].gaze.yaw === 0), 'the eye comes back as it went'); // prettier-ignore
  }
});

test('a covered eye fades where closure is watched for, and is drawn where it is not', () => {
  const covered = (frame: number): Made => ({ gaze: { yaw: 10, pitch: 0 }, eyeConfidence: frame >= 30 ? 0 : 1 });
  const watched = run(60, covered, { detectClosure: true }).map(({ eyes }) => eyes[0].opacity);
  assert.equal(watched[29], 1);
  assert.ok(watched[32]! > 0.4 && watched[32]! < 0.9, `${watched[32]}`);
  assert.equal(watched.at(-1), 0);
  assert.equal(run(60, covered).at(-1)!.eyes[0].opacity, 1);
});

test('the mask says whether one eye helps to tell the closure of the other', () => {
  const control = (temporal: number): readonly number[] => {
    const made = new GazeControl({ ...SETTINGS, temporal });
    const winking: TrackedFace = { ...face(), eyes: [face({ closure: 1 }).eyes[0], face().eyes[1]] };
    return made.next(winking, 0).eyes.map(({ closure }) => closure);
  };
  assert.deepEqual(control(0), [1, 0]);
  assert.deepEqual(control(1 << 8), [0.75, 0.25]);
});

test('looking away moves the drawn eyes, even of who looks into the camera', () => {
  const aims = run(1500, () => ({ gaze: AHEAD }), { enableLookaway: true, seed: 4 });
  const away = aims.filter(({ eyes }) => Math.hypot(eyes[0].gaze.yaw, eyes[0].gaze.pitch) > 1);
  assert.ok(away.length > 10);
  assert.ok(away.every(({ eyes }) => eyes[0].opacity > 0.9));
});
