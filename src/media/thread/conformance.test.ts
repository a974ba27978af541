import { writtenClip } from '../conformance-clip.js';
import { mediaConformance } from '../conformance.js';
import { threadedMedia } from './threaded-media.js';

mediaConformance('libav thread, mp4', () => writtenClip(threadedMedia(), '.mp4', (number) => BigInt(number * 40)));
mediaConformance('libav thread, mp4 with uneven times from 137 ms', () =>
  writtenClip(threadedMedia(), '.mp4', (number) => BigInt(137 + number * 31 + (number % 3) * 7)),
);
mediaConformance('libav thread, matroska', () => writtenClip(threadedMedia(), '.mkv', (number) => BigInt(number * 33)));
