import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shownAddress } from './shown-address.js';

const cases: [title: string, uri: string, shown: string][] = [
  ['a camera with credentials', 'rtsp://me:word@door/live', 'rtsp://door/live'],
  ['a password with an @ in it', 'rtsp://me:w@rd@door:554/live', 'rtsp://door:554/live'],
  ['a key behind the question mark', 'https://host/a.m3u8?key=secret#part', 'https://host/a.m3u8'],
  ['an @ that is part of the path', 'https://host/@me/live', 'https://host/@me/live'],
  ['a scene', 'synthetic:?width=64&height=64', 'synthetic:?width=64&height=64'],
  ['a file', 'videos/what?.mp4', 'videos/what?.mp4'],
];
for (const [title, uri, shown] of cases) test(`shown: ${title}`, () => assert.equal(shownAddress(uri), shown));
