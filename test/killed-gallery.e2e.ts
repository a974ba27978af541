import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { openEmbeddedGallery } from '../dist/faces/index.js';
import { ROOT } from './source.js';

/** Enrols, and deletes every third again, as fast as it can; says what is done once it is done. */
const PROGRAM = `
  const [folder, door, from] = process.argv.slice(1);
  const { openEmbeddedGallery } = await import(door);
  const { createHash } = await import('node:crypto');
  const gallery = await openEmbeddedGallery(folder, { key: { bytes: new Uint8Array(32).fill(9) } });
  const note = { actor: 'test' };
  for (let n = Number(from); ; n++) {
    const values = Float32Array.from({ length: 512 }, (_, i) => Math.sin((n + 1) * (i + 1) * (i + 7) * 0.7));
    const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
    const vector = { model: 'net', values: values.map((value) => value / length) };
    await gallery.enrol({ person: 'person ' + n, vector, source: n + '.jpg', digest: createHash('sha256').update(String(n)).digest('hex') }, note);
    console.log('+' + n);
    if (n % 3 === 0) {
      await gallery.deletePerson('person ' + n, note);
      console.log('-' + n);
    }
  }
`;

/** Runs the program until it has said `lines` things, kills it with SIGKILL, and answers what it said. */
async function killedAfter(folder: string, from: number, lines: number): Promise<string[]> {
  const door = pathToFileURL(join(ROOT, 'dist/faces/index.js')).href;
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, folder, door, String(from)], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.split('\n').length > lines) child.kill('SIGKILL');
  });
  const [, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  assert.equal(signal, 'SIGKILL');
  return said.split('\n').slice(0, -1);
}

test('a gallery whose writer is killed again and again has everything that was promised', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-killed-gallery-'));
  try {
    const present = new Set<string>();
    const maybe = new Set<string>();
    for (let round = 0; round < 8; round++) {
      const from = round * 1000;
      const said = await killedAfter(folder, from, 5 + round * 13);
      for (const line of said) {
        if (line.startsWith('+')) present.add(`person ${line.slice(1)}`);
        else present.delete(`person ${line.slice(1)}`);
      }
      // What was under way when the process died may or may not have happened.
      const last = Number(said.at(-1)!.slice(1));
      for (const n of [last, last + 1]) maybe.add(`person ${n}`);

      await using gallery = await openEmbeddedGallery(folder, { key: { bytes: new Uint8Array(32).fill(9) } });
      const names = (await gallery.people()).map(({ name }) => name);
      const certain = (all: Iterable<string>): string[] => [...all].filter((name) => !maybe.has(name)).toSorted();
      assert.deepEqual(certain(names), certain(present));
      let entries = 0;
      for await (const { sequence } of gallery.audit()) assert.equal(sequence, ++entries);
      assert.ok(entries >= said.length);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
