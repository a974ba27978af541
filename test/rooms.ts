/** A room of the house: what it may import. A room imports only rooms above it in this list. */
export interface Room {
  readonly name: string;
  readonly holds: string;
  readonly imports: readonly string[];
  /** Side doors beside `index.ts`: what must not be loaded with it (docs/adr/0007). */
  readonly sideDoors: readonly string[];
  /** npm packages, each with the folder inside the room that may name it (`''` for the whole room). */
  readonly packages: Readonly<Record<string, string>>;
}

const room = (
  name: string,
  holds: string,
  imports: readonly string[],
  packages: Readonly<Record<string, string>> = {},
  sideDoors: readonly string[] = [],
): Room => ({ name, holds, imports, packages, sideDoors });

/** Who may import whom. `rooms.test.ts` holds the code to it, and docs/reference/rooms.md prints it. */
export const ROOMS: readonly Room[] = [
  room('core', 'the nouns: Frame, Pts, Tensor, Box, metadata, Fault, Scope, Clock, and the ports Log and Meter', [], {}, ['schema']),
  room('vision', 'pure maths on boxes and pixels: IoU, NMS, fits and their inverses, average precision; drawing', ['core'], {
    harfbuzzjs: 'draw/text',
    'woff2-encoder': 'draw/text',
    '@fontsource-variable/noto-sans': 'draw/text',
    '@fontsource-variable/noto-sans-sc': 'draw/text',
    '@fontsource-variable/noto-sans-kr': 'draw/text',
  }),
  room(
    'wire',
    'contracts as bytes: KServe v2 messages and codecs, text-format protobuf, the thin gRPC layer',
    ['core'],
    { '@bufbuild/protobuf': '' },
    ['grpc', 'infer', 'eye-contact', 'sockets'],
  ),
  room('client', 'typed clients of KServe v2 servers: HTTP, which runs in a browser too, and gRPC; sessions, shared memory', ['core', 'wire'], {}, [
    'browser',
  ]),
  room('media', 'sources and outputs of pictures and sound', ['core', 'vision'], { 'node-av': 'libav' }, ['conformance']),
  room(
    'models',
    'runtimes, heads, the zoo and converters',
    ['core', 'vision', 'client'],
    {
      'onnxruntime-node': 'onnx',
      pacote: 'zoo',
      'npm-registry-fetch': 'zoo',
      '@npmcli/config': 'zoo',
      '@bufbuild/protobuf': 'convert',
      'fast-xml-parser': 'convert',
    },
    ['instance', 'convert', 'conformance'],
  ),
  room('inference', 'the engine: instances, batching, priorities, statistics', ['core', 'vision', 'models'], {}, ['conformance']),
  room('tracking', 'trackers, motion, assignment, and the measures of tracking', ['core', 'vision'], {}, ['conformance']),
  room('analytics', 'tracks in, events out; the run report', ['core', 'vision'], {
    'd3-scale': 'report',
    'd3-shape': 'report',
    'd3-scale-chromatic': '',
  }),
  room('sinks', 'where results go', ['core']),
  room('faces', 'enrolment, gallery, recognition; knows no transport', ['core', 'vision', 'models', 'inference'], { pg: 'gallery' }),
  room('eye-contact', 'gaze redirection: tracking, control, rendering; knows no transport', ['core', 'vision', 'media', 'models', 'inference'], {}, [
    'evaluation',
  ]),
  room(
    'pipeline',
    'the graph, its configuration and its runner',
    ['core', 'vision', 'media', 'models', 'inference', 'tracking', 'analytics', 'sinks'],
    { '@swc/wasm-typescript': 'algorithms' },
    ['user-module'],
  ),
  room(
    'serving',
    'the KServe v2 / Triton server: repository, backends, HTTP, gRPC, shared memory, metrics',
    ['core', 'vision', 'wire', 'media', 'models', 'inference', 'pipeline'],
    { '@bufbuild/protobuf': 'grpc' },
  ),
  room('services', 'ready-made services: eye contact (gRPC, NIM contract), a router that keeps sequences on their server', [
    'core',
    'wire',
    'client',
    'media',
    'models',
    'inference',
    'eye-contact',
    'serving',
  ]),
  room(
    'cli',
    'the only reader of argv, environment and exit codes',
    [
      'core',
      'vision',
      'wire',
      'client',
      'media',
      'models',
      'inference',
      'tracking',
      'analytics',
      'sinks',
      'eye-contact',
      'pipeline',
      'serving',
      'services',
    ],
    {
      commander: '',
    },
  ),
  room('testing', 'fakes and conformance suites for tests, and where to find development assets', [
    'core',
    'wire',
    'media',
    'models',
    'inference',
    'tracking',
  ]),
];

/** Packages that any room may name: zod where a schema is defined, yaml where a file is read. */
export const EVERYWHERE: readonly string[] = ['zod', 'yaml'];
