import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../core/index.js';
import { parseConfigText, parsePipelineConfig } from './config-file.js';
import { CONFIG_FOLDER, pipelineJsonSchema } from './config.js';

const GOOD = `version: 1
sources:
  door: videos/door.mp4
  yard: { uri: "rtsp://\${HOST}/live", threads: 2 }
nodes:
  people:
    model: yolox-nano
    labels: [person]
sinks:
  file: { jsonl: out/results.jsonl }
`;
const read = (text: string, env = { HOST: 'cam' }) => parseConfigText(text, { env, folder: '/base', name: 'p.yaml' });

test('defaults are filled in, variables expanded, relative paths start at the file', () => {
  const config = read(GOOD);
  assert.deepEqual(config.sources, {
    door: { uri: '/base/videos/door.mp4', nodes: {} },
    yard: { uri: 'rtsp://cam/live', threads: 2, nodes: {} },
  });
  const { people } = config.nodes;
  assert.ok(people && 'model' in people);
  assert.equal(people.on, 'frame');
  assert.equal(people.everyFrames, 1);
  assert.deepEqual(config.sinks, { file: { jsonl: '/base/out/results.jsonl', of: 'results', overwrite: false } });
});

const cases: [title: string, from: string, to: string, message: RegExp][] = [
  [
    'an unknown key comes with its line and the nearest name',
    'labels: [',
    'lables: [',
    /^p\.yaml:8: nodes\.people\.lables: unknown key "lables"\. Did you mean "labels"\?$/,
  ],
  ['an unknown key at the top', 'sinks:', 'sink:', /^p\.yaml:9: sink: unknown key "sink"\. Did you mean "sinks"\?$/],
  ['an unknown key inside a union', 'threads: 2', 'thread: 2', /^p\.yaml:4: sources\.yard\.thread: unknown key "thread"\. Did you mean "threads"\?$/],
  ['a wrong type', 'labels: [person]', 'labels: person', /^p\.yaml:8: nodes\.people\.labels: expected array, received string$/],
  ['a number out of range', 'labels: [person]', 'confidence: 1.5', /^p\.yaml:8: nodes\.people\.confidence: .*<=1$/],
  ['something missing', 'model: yolox-nano', 'on: frame', /^p\.yaml:6: nodes\.people\.model: /],
  ['a version from the future', 'version: 1', 'version: 2', /^p\.yaml:1: version: 2 is not known here; this release reads 0 and 1$/],
  [
    'a variable that is not set',
    '${HOST}',
    '${NOPE}',
    /^p\.yaml:4: sources\.yard\.uri: \$\{NOPE\} is not set; set it, or write \$\{NOPE:-default\}$/,
  ],
  ['a bad name', '  people:', '  "my people":', /^p\.yaml:6: nodes\.my people: a name begins with a letter/],
  ['YAML that does not parse', 'labels: [person]', 'labels: [person', /^p\.yaml:9: /],
  ['a key twice', '    labels: [person]', '    model: other', /^p\.yaml:8: Map keys must be unique/],
];
for (const [title, from, to, message] of cases)
  test(`${title} is told`, () => {
    assert.ok(GOOD.includes(from));
    assert.throws(
      () => read(GOOD.replace(from, to)),
      (error) => (error instanceof Fault && error.code === 'CONFIG_INVALID' && message.test(error.message)) || assert.fail(String(error)),
    );
  });

const GRAPH = `version: 1
sources: { door: door.mp4 }
nodes:
  people: { model: yolox-nano }
  tracker:
    track: bytetrack
    on: { objects: people }
  gate:
    analytics: lines
    on: { objects: tracker }
    lines:
      middle: { from: [0, 0.5], to: [1, 0.5] }
outputs:
  film: { video: out/film.mp4 }
  page: { report: out/page.html }
`;

test('a graph of nodes is read, with its defaults', () => {
  const { nodes, outputs } = read(GRAPH);
  assert.deepEqual(nodes['tracker'], { track: 'bytetrack', on: { objects: ['people'] }, settings: {}, enabled: true });
  assert.deepEqual(nodes['gate'], {
    analytics: 'lines',
    on: { objects: 'tracker' },
    lines: { middle: { from: [0, 0.5], to: [1, 0.5], units: 'fractions' } },
    enabled: true,
  });
  assert.deepEqual(outputs['film'], {
    video: '/base/out/film.mp4',
    overwrite: false,
    audio: true,
    preset: 'veryfast',
    crf: 23,
    draw: {
      labels: true,
      trackIds: true,
      confidence: false,
      attributes: true,
      points: true,
      untracked: false,
      trailMs: 1500,
      lines: true,
      header: false,
    },
  });
  assert.deepEqual(outputs['page'], { report: '/base/out/page.html', overwrite: false, bestShots: 24 });
});

const ALGORITHMS = `version: 1
sources: { door: door.mp4 }
nodes:
  people: { model: yolox-nano }
  own: { algorithm: code/own.ts, on: { objects: people } }
  tracker: { track: sort, on: { objects: own } }
  looks: { model: vehicle-attributes, on: { objects: own } }
`;

test('an algorithm of your own is read, with its defaults, and other nodes may read it', () => {
  const { nodes } = read(ALGORITHMS);
  assert.deepEqual(nodes['own'], {
    algorithm: '/base/code/own.ts',
    export: 'default',
    on: { objects: ['people'] },
    settings: {},
    frameCount: 1,
    frameStep: 1,
    interval: 0,
    firstRun: 'immediate',
    whenShort: 'wait',
    wait: true,
    enabled: true,
    isolate: false,
    onError: { breakAfter: 5, retryAfterSeconds: 30 },
  });
});

test('a class may stand in the place of the file, but cannot travel to a thread; the JSON Schema knows the file', () => {
  class Own {
    run(): void {}
  }
  const raw = { version: 1, sources: { a: 'a.mp4' }, nodes: { own: { algorithm: Own } } };
  assert.equal((parsePipelineConfig(raw).nodes['own'] as { algorithm: unknown }).algorithm, Own);
  const isolated = { ...raw, nodes: { own: { algorithm: Own, isolate: true } } };
  assert.throws(() => parsePipelineConfig(isolated), {
    message: 'nodes.own.isolate: a class cannot travel to another thread: name its file in algorithm',
  });
  assert.throws(() => parsePipelineConfig({ ...raw, nodes: { own: { algorithm: 3 } } }), {
    message: 'nodes.own.algorithm: expected a file of JavaScript or TypeScript; in TypeScript also a class',
  });
  assert.match(JSON.stringify(pipelineJsonSchema()), /"algorithm":\{[^}]*"type":"string"/);
});

test('the folder that a configuration was read from goes with it, and cannot be claimed in text', () => {
  const config = read(ALGORITHMS) as { readonly [CONFIG_FOLDER]?: string };
  assert.equal({ ...config }[CONFIG_FOLDER], '/base');
  assert.equal(JSON.stringify(config).includes('"/base"'), false);
});

const algorithmCases: [title: string, from: string, to: string, message: RegExp][] = [
  ['an interval below 0', 'own.ts,', 'own.ts, interval: -1,', /^p\.yaml:5: nodes\.own\.interval: /],
  ['a step below 0', 'own.ts,', 'own.ts, frameStep: -1,', /^p\.yaml:5: nodes\.own\.frameStep: /],
  ['no frames', 'own.ts,', 'own.ts, frameCount: 0,', /^p\.yaml:5: nodes\.own\.frameCount: /],
  ['another word for a failure', 'own.ts,', 'own.ts, onError: stop,', /^p\.yaml:5: nodes\.own\.onError: write fail, or \{ breakAfter: 5/],
  ['a slip in a key', 'own.ts,', 'own.ts, frameCout: 2,', /^p\.yaml:5: nodes\.own\.frameCout: unknown key "frameCout"\. Did you mean "frameCount"\?/],
  [
    'lines on an algorithm',
    'looks: {',
    'gate: { analytics: lines, on: { objects: own }, lines: { a: { from: [0, 0], to: [1, 1] } } }\n  looks: {',
    /"own" does not fit: lines are counted on/,
  ],
];
for (const [title, from, to, message] of algorithmCases)
  test(`refused: ${title}`, () => assert.throws(() => read(ALGORITHMS.replace(from, to)), { code: 'CONFIG_INVALID', message }));

const graphCases: [title: string, from: string, to: string, message: RegExp][] = [
  [
    'a node that is not there',
    'objects: people',
    'objects: peple',
    /^p\.yaml:7: nodes\.tracker\.on\.objects: there is no node "peple"\. Did you mean "people"/,
  ],
  [
    'a counter on a detector',
    'objects: tracker',
    'objects: people',
    /^p\.yaml:10: nodes\.gate\.on\.objects: "people" does not fit: lines are counted on/,
  ],
  [
    'a model on a counter',
    '  gate:',
    '  looks: { model: vehicle-attributes, on: { objects: gate } }\n  gate:',
    /^p\.yaml:8: nodes\.looks\.on\.objects: "gate" does not fit: a model looks at objects of a node with a model, or of a tracker$/,
  ],
  [
    'a model on a node that is not there',
    '  gate:',
    '  looks: { model: vehicle-attributes, on: { objects: trackr } }\n  gate:',
    /^p\.yaml:8: nodes\.looks\.on\.objects: there is no node "trackr"\. Did you mean "tracker"/,
  ],
  [
    'a setting of what is looked at that is not there',
    '  gate:',
    '  looks: { model: vehicle-attributes, on: { objects: tracker, label: [car] } }\n  gate:',
    /^p\.yaml:8: nodes\.looks\.on\.label: unknown key "label"\. Did you mean "labels"\?$/,
  ],
  [
    'something that is no thing to look at',
    'model: yolox-nano }',
    'model: yolox-nano, on: frme }',
    /^p\.yaml:4: nodes\.people\.on: write frame, or \{ objects: NODE \}$/,
  ],
  [
    'what is kept of objects that nobody follows',
    '  gate:',
    '  looks: { model: vehicle-attributes, on: { objects: people }, reinferEvery: { frames: 5 } }\n  gate:',
    /^p\.yaml:8: nodes\.looks\.reinferEvery: only objects of a tracker are known again on the next frame: write on: \{ objects: TRACKER \}$/,
  ],
  [
    'a vote over whole frames',
    'model: yolox-nano }',
    'model: yolox-nano, smooth: { by: majority } }',
    /^p\.yaml:4: nodes\.people\.smooth: only objects of a tracker/,
  ],
  [
    'a rule that never holds',
    '  gate:',
    '  looks: { model: vehicle-attributes, on: { objects: tracker }, reinferEvery: {} }\n  gate:',
    /^p\.yaml:8: nodes\.looks\.reinferEvery: say when: frames, seconds or grownBy$/,
  ],
  [
    'models that wait for each other',
    'model: yolox-nano }',
    'model: yolox-nano, on: { objects: tracker } }',
    /these nodes wait for each other: people -> tracker -> people/,
  ],
  ['a tracker on a counter', 'objects: people', 'objects: gate', /nodes\.tracker\.on\.objects: "gate" does not fit: a tracker reads/],
  [
    'nodes that wait for each other',
    'objects: people',
    'objects: gate',
    /p\.yaml:5: nodes\.tracker: these nodes wait for each other: tracker -> gate -> tracker/,
  ],
  [
    'a tracker that is not there',
    'track: bytetrack',
    'track: bytetrak',
    /^p\.yaml:6: nodes\.tracker\.track: no tracker "bytetrak"\. Did you mean "bytetrack"/,
  ],
  ['a setting that the tracker does not have', 'track: bytetrack', 'track: bytetrack\n    settings: { lostAfterMz: 3 }', /nodes\.tracker\.settings/],
  ['a line without length', 'to: [1, 0.5]', 'to: [0, 0.5]', /^p\.yaml:12: nodes\.gate\.lines\.middle\.to: a line needs two different points/],
  ['one video for two sources', 'door: door.mp4', 'door: door.mp4, yard: yard.mp4', /^p\.yaml:14: outputs\.film\.video: with several sources/],
];
for (const [title, from, to, message] of graphCases)
  test(`${title} is told`, () => {
    assert.ok(GRAPH.includes(from));
    assert.throws(
      () => read(GRAPH.replace(from, to)),
      (error) => (error instanceof Fault && error.code === 'CONFIG_INVALID' && message.test(error.message)) || assert.fail(String(error)),
    );
  });

test('every problem is told at once', () => {
  assert.throws(
    () => read('version: 1\nsources: {}\nnodez: {}\n'),
    (error: Fault) => error.message.split('\n').length >= 2,
  );
});

test('a default stands in for a variable, and $${ is a plain ${', () => {
  const config = read(GOOD.replace('${HOST}', '${NOPE:-here}').replace('videos/', () => '$${x}/'));
  assert.equal(config.sources['yard']?.uri, 'rtsp://here/live');
  assert.equal(config.sources['door']?.uri, '/base/${x}/door.mp4');
});

test('plain data is checked too', () => {
  assert.throws(() => parsePipelineConfig({ version: 1, sources: {}, nodes: {} }), {
    message: 'sources: name at least one source\nnodes: name at least one node',
  });
});

test('the JSON Schema names every key with a description', () => {
  const bare: string[] = [];
  const visit = (schema: Record<string, unknown>, path: string): void => {
    for (const [key, inner] of Object.entries((schema['properties'] ?? {}) as Record<string, Record<string, unknown>>)) {
      if (typeof inner['description'] !== 'string' && !['width', 'height'].includes(key)) bare.push(`${path}.${key}`);
      visit(inner, `${path}.${key}`);
    }
    if (typeof schema['additionalProperties'] === 'object') visit(schema['additionalProperties'] as Record<string, unknown>, `${path}.*`);
    for (const branch of (schema['anyOf'] ?? []) as Record<string, unknown>[]) visit(branch, path);
  };
  visit(pipelineJsonSchema(), '');
  assert.deepEqual(bare, []);
});

test('a wall has room for its streams, and names streams that are there', () => {
  const config = (wall: object): unknown => ({
    version: 1,
    sources: { a: 'a.mp4', b: 'b.mp4', c: 'c.mp4' },
    nodes: { n: { model: 'm' } },
    outputs: { wall },
  });
  const refused = (wall: object, message: RegExp): void =>
    assert.throws(() => parsePipelineConfig(config(wall)), { code: 'CONFIG_INVALID', message });
  parsePipelineConfig(config({ tiles: 'w.mp4', rows: 1, columns: 3 }));
  parsePipelineConfig(config({ live: '127.0.0.1:0', of: 'a', tiles: { columns: 2 } }));
  refused({ tiles: 'w.mp4', rows: 1, columns: 2 }, /outputs\.wall: 1 rows of 2 tiles are 2 cells, too few for 3 streams/);
  refused({ live: '127.0.0.1:0', tiles: { rows: 1, columns: 2 } }, /outputs\.wall\.tiles: 1 rows of 2 tiles/);
  refused({ tiles: 'w.mp4', streams: ['a', 'd'] }, /outputs\.wall\.streams: there is no source "d"/);
  refused({ live: '127.0.0.1:0', of: ['bb'] }, /outputs\.wall\.of: there is no source "bb".*"b"/);
  refused({ tiles: 'w.mp4', size: { width: 641, height: 480 } }, /outputs\.wall\.size\.width/);
  for (const live of ['8090', 'localhost', '127.0.0.1:', 'http://127.0.0.1:8090', '::1:80'])
    refused({ live }, /outputs\.wall\.live: must be HOST:PORT/);
});
