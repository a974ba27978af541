import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { createMedia } from '../dist/media/index.js';
import { ROOT } from './source.js';

/** Writes a synthetic film, with a box and its tag on every frame, and says after which frame it is. */
const PROGRAM = `
  const [path, door] = process.argv.slice(1);
  const { createMedia } = await import(door);
  const media = createMedia();
  const source = await media.open('synthetic:?width=320&height=240&frames=endless');
  const writer = await media.createWriter(path, { size: source.info.video.size, timeBase: source.info.video.timeBase, frameRate: { num: 30, den: 1 } });
  for await (const frame of source.frames()) {
    const box = { x1: 20, y1: 40, x2: 120, y2: 200 };
    await writer.write(frame, [{ kind: 'box', box, colour: [255, 80, 0], thicknessPx: 3, tag: 'person ' + frame.number }]);
    console.log(frame.number);
    frame.close();
  }
`;

/** Kills the program with SIGKILL once it has written `frames`. */
async function killAfter(path: string, frames: number): Promise<void> {
  const door = pathToFileURL(join(ROOT, 'dist/media/index.js')).href;
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, path, door], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = once(child, 'close');
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (Number(text.trimEnd().split('\n').at(-1)) >= frames) child.kill('SIGKILL');
  });
  const [, signal] = (await closed) as [number | null, NodeJS.Signals | null];
  assert.equal(signal, 'SIGKILL');
}

// A fragment holds 15 frames, and x264 some 20 more.
for (const frames of [60, 131, 200])
  for (const extension of ['.mp4', '.mkv'])
    test(`a video whose writer is killed after frame ${frames} plays: ${extension}`, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'ocellus-killed-'));
      try {
        const path = join(folder, `out${extension}`);
        await killAfter(path, frames);
        await using source = await createMedia().open(path);
        let count = 0;
        for await (const frame of source.frames()) {
          assert.equal(frame.number, count++);
          frame.close();
        }
        assert.ok(count >= frames - 45, `${count} frames of ${frames}`);
      } finally {
        await rm(folder, { recursive: true });
      }
    });
