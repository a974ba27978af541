import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveFrames } from '../../core/index.js';
import { asset, needs } from '../../testing/assets.js';
import { libavMedia } from './media.js';

/** Frames by `ffprobe -count_frames` of FFmpeg 5.1. */
const FRAMES: Readonly<Record<string, number>> = {
  'campus-walkers.mp4': 795,
  'crowd-faces-facenet.mp4': 105,
  'highway-dashcam-carnd.mp4': 38,
  'intel-bottle-detection.mp4': 1189,
  'intel-people-detection.264': 596,
  'intel-preview-classroom.mp4': 45,
  'short_hamilton_clip.mp4': 275,
  'street-traffic-ahmetozlu.mp4': 905,
};

for (const [name, expected] of Object.entries(FRAMES))
  test(`${name} decodes to its last frame`, needs(`videos/${name}`), async () => {
    await using source = await libavMedia().open(asset(`videos/${name}`));
    let frames = 0;
    let lastTicks = -1n;
    for await (const frame of source.frames()) {
      assert.ok(frame.pts.ticks > lastTicks);
      lastTicks = frame.pts.ticks;
      frames++;
      frame.close();
    }
    assert.equal(frames, expected);
    assert.deepEqual(source.losses, { corruptPackets: 0, damagedFrames: 0, truncated: false });
    assert.equal(liveFrames(), 0);
  });
