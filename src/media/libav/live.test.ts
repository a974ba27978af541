import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLive } from './live.js';

const ask = (uri: string, isTimed = false, container = 'mpegts'): boolean => isLive(uri, { container, isTimed });

test('cameras and broadcasts are live, whatever they say of their length', () => {
  for (const uri of [
    'rtsp://cam/1',
    'RTSPS://cam/1',
    'rtmp://host/app',
    'rtmps://host/app',
    'udp://239.0.0.1:1234',
    'rtp://host:5004',
    'srt://host:9000',
  ])
    for (const isTimed of [false, true]) assert.ok(ask(uri, isTimed), uri);
});

test('what comes by HTTP or TCP is live when it has no end', () => {
  for (const uri of ['http://host/cam.ts', 'https://host/live.m3u8', 'tcp://127.0.0.1:5000'])
    assert.deepEqual([ask(uri), ask(uri, true)], [true, false], uri);
});

test('files are not, capture devices are', () => {
  for (const uri of ['clip.264', '/tmp/clip.ts', 'file:///tmp/clip.ts', 'C:\\clips\\a.mp4']) assert.equal(ask(uri), false, uri);
  assert.ok(ask('/dev/video0', false, 'video4linux2,v4l2'));
});
