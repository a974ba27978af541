import assert from 'node:assert/strict';
import { test } from 'node:test';
import { streamName } from './drive.js';

for (const [source, name] of [
  ['campus-walkers.mp4', 'campus-walkers'],
  ['/films/Straße 2.mkv', 'Stra-e-2'],
  ['42.mp4', 'video-42'],
  ['synthetic:?width=320&frames=7', 'synthetic'],
  ['rtsp://door/live', 'live'],
  ['rtsp://me:word@10.0.0.7:554', 'video-10-0-0-7-554'],
  ['https://host/films/street.mp4?token=secret/x.y', 'street'],
] as const)
  test(`the stream of ${source} is called ${name}`, () => assert.equal(streamName(source), name));
