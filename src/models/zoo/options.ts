import type { Clock, Log } from '../../core/index.js';
import type { Environment } from './places.js';
import type { CatalogueEntry, Conversion } from './port.js';

/** How far a download is. */
export interface Progress {
  /** Name of the model. */
  readonly name: string;
  /** Bytes on disk so far, those of an earlier attempt included. */
  readonly receivedBytes: number;
  /** Size of the whole; absent while the server has not said it. */
  readonly totalBytes?: number;
}

/** How faults speak of what is fetched. */
export interface Words {
  /** `model` when absent from the options. */
  readonly thing: string;
  /** What to do where the network is not there. */
  readonly waysOut: string;
}

/** How stubborn a download is. */
export interface Patience {
  /** Attempts after the first that brought nothing; one that brought much starts the count anew. 4 when absent. */
  readonly retries?: number;
  /** Wait before the first of them; doubles each time, at most half a minute. 500 when absent. */
  readonly backoffMs?: number;
  /** Silence after which a connection counts as lost. 30 000 when absent. */
  readonly idleMs?: number;
  readonly clock?: Clock;
}

/** A source file handed to a converter. */
export interface SourceFile {
  /** Relative to the package. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Makes an ONNX file of source files. */
export interface Converter {
  /** Changes whenever the same source would give another file: it is part of the cached file's name. Letters, digits, dots. */
  readonly version: string;
  /** `files` come in the order of the catalogue, the model first; of the network's outputs only `outputs` are wanted. @returns the bytes of the ONNX file */
  convert(files: readonly SourceFile[], wanted: { readonly outputs: readonly string[] }): Uint8Array | Promise<Uint8Array>;
}

/** A converter for each kind of conversion; given from outside, so that the zoo knows none. */
export type Converters = Readonly<Partial<Record<Exclude<Conversion, 'none'>, Converter>>>;

/** Where models are looked for, and how they are fetched. Nothing is read from the environment behind it. */
export interface ZooOptions extends Patience {
  /** Folder for what is downloaded; created when needed. */
  readonly cacheFolder: string;
  /** Folder of ready models that the user keeps; looked into before all else, never written to. */
  readonly mirror?: string;
  /** Installed npm packages are looked for from here upwards (and from Ocellus' own folder), and npm's project settings are read here. */
  readonly cwd: string;
  /** Environment for npm's settings (`HOME`, `npm_config_*`, what `.npmrc` names); none when absent. */
  readonly env?: Environment;
  /** {@link CATALOGUE} when absent. */
  readonly catalogue?: readonly CatalogueEntry[];
  readonly converters?: Converters;
  readonly log?: Log;
  readonly signal?: AbortSignal;
  /** For what is no model. */
  readonly words?: Words;
  onProgress?(progress: Progress): void;
  /** Free bytes at a folder; the file system's word when absent. */
  freeBytes?(folder: string): Promise<number>;
}

/** Where a model was found or brought from. */
export type Origin = 'mirror' | 'package' | 'cache' | 'registry' | 'url';

/** A file that was found and checked. */
export interface FoundFile {
  /** Absolute. */
  readonly path: string;
  readonly from: Origin;
  /** SHA-256 in hex. */
  readonly sha256: string;
  readonly bytes: number;
}
