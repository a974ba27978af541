import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { link, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { parsePipelineConfig } from '../config-file.js';
import type { PipelineConfigInput } from '../config.js';
import { checkDistinctFiles } from './distinct-files.js';

let folder = '';
let clip = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-distinct-'));
  clip = join(folder, 'clip.mp4');
  await writeFile(clip, 'precious');
  await link(clip, join(folder, 'hard.mp4'));
  await symlink(clip, join(folder, 'soft.mp4'));
  await symlink(folder, join(folder, 'again'));
});
after(() => rm(folder, { recursive: true }));

const check = (parts: Partial<PipelineConfigInput>): Promise<void> =>
  checkDistinctFiles(parsePipelineConfig({ version: 1, sources: { street: clip }, nodes: { things: { model: 'boxes' } }, ...parts }));

const refused = (parts: Partial<PipelineConfigInput>, message: RegExp): Promise<void> =>
  assert.rejects(check(parts), { code: 'INVALID_ARGUMENT', message });

for (const name of ['clip.mp4', 'hard.mp4', 'soft.mp4', 'again/clip.mp4', '../{folder}/clip.mp4'])
  test(`a source is never written over, also under the name ${name}`, async () => {
    const video = join(folder, name.replace('{folder}', folder.split('/').at(-1)!));
    await refused({ outputs: { film: { video, overwrite: true } } }, /output film cannot be written to .*: that file is the source street/);
  });

test('nor a source given as file://', () =>
  refused({ sources: { street: pathToFileURL(clip).href }, sinks: { lines: { jsonl: clip, overwrite: true } } }, /sink lines .* the source street/));

test('nor a network', () => {
  const fit = { mode: 'stretch', size: { width: 8, height: 8 }, order: 'rgb', layout: 'planar' } as const;
  const model = { file: clip, picture: { input: 'x', fit }, head: { type: 'boxes', outputs: {} }, labels: ['thing'] };
  const street = 'synthetic:';
  return refused({ sources: { street }, nodes: { things: { model } }, outputs: { page: { report: clip } } }, /the model of node things/);
});

test('two things never go into one file, also one that is not there yet', async () => {
  const [jsonl, again] = [join(folder, 'new.jsonl'), join(folder, 'again/new.jsonl')];
  await refused({ sinks: { results: { jsonl }, events: { jsonl: again, of: 'events' } } }, /sink events .* the sink results/);
});

test('files of their own, and the same device, are fine', async () => {
  await check({ outputs: { film: { video: join(folder, '{stream}.mp4') } }, sinks: { results: { jsonl: join(folder, 'r.jsonl') } } });
  if (existsSync('/dev/null')) await check({ sinks: { results: { jsonl: '/dev/null' }, events: { jsonl: '/dev/null' } } });
});
