import { writtenClip } from '../conformance-clip.js';
import { mediaConformance } from '../conformance.js';
import { libavMedia } from './media.js';

mediaConformance('libav, mp4', () => writtenClip(libavMedia(), '.mp4', (number) => BigInt(number * 40)));
mediaConformance('libav, mp4 with uneven times from 137 ms', () =>
  writtenClip(libavMedia(), '.mp4', (number) => BigInt(137 + number * 31 + (number % 3) * 7)),
);
mediaConformance('libav, matroska', () => writtenClip(libavMedia(), '.mkv', (number) => BigInt(number * 33)));
