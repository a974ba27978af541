import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { memoryLog } from '../../core/index.js';
import { passThrough } from '../../eye-contact/index.js';
import { libavMedia, syntheticSource } from '../../media/index.js';
import { createGrpcClient, type GrpcClient, type Metadata } from '../../wire/grpc.js';
import {
  type RedirectGazeConfig,
  RedirectGazeConfigSchema,
  RedirectGazeRequestSchema,
  type RedirectGazeResponse,
  RedirectGazeResponseSchema,
} from '../../wire/eye-contact.js';
import { create, fromBinary, HealthCheckResponseSchema, type MessageInitShape, toBinary } from '../../wire/index.js';
import type { EyeContactServiceOptions } from './port.js';
import { serveEyeContact } from './serve-eye-contact.js';

const PATH = '/nvidia.maxine.eyecontact.v1.MaxineEyeContactService/RedirectGaze';
const FRAMES = 40;

let folder = '';
/** A video with its index in front. */
let faststart: Buffer;
/** The same, its index behind the pictures. */
let tail: Buffer;

/** Moves the index of a small MP4 behind its pictures; the offsets in it are then wrong by its length and moved back. */
function indexBehind(bytes: Buffer): Buffer {
  const boxes: { type: string; at: number; size: number }[] = [];
  for (let at = 0; at < bytes.length; at += boxes.at(-1)!.size)
    boxes.push({ type: bytes.toString('latin1', at + 4, at + 8), at, size: bytes.readUInt32BE(at) });
  const moov = boxes.find(({ type }) => type === 'moov')!;
  const index = Buffer.from(bytes.subarray(moov.at, moov.at + moov.size));
  for (let at = index.indexOf('stco'); at >= 0; at = index.indexOf('stco', at + 4))
    for (let i = 0; i < index.readUInt32BE(at + 8); i++) index.writeUInt32BE(index.readUInt32BE(at + 12 + 4 * i) - moov.size, at + 12 + 4 * i);
  return Buffer.concat([bytes.subarray(0, moov.at), bytes.subarray(moov.at + moov.size), index]);
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-service-test-'));
  const path = join(folder, 'clip.mp4');
  await using source = syntheticSource({ size: { width: 96, height: 64 }, frames: FRAMES });
  await using writer = await libavMedia().createWriter(path, { size: { width: 96, height: 64 }, timeBase: source.info.video.timeBase });
  for await (const frame of source.frames()) {
    await writer.write(frame);
    frame.close();
  }
  await writer.finish();
  faststart = await readFile(path);
  tail = indexBehind(faststart);
});
after(() => rm(folder, { recursive: true }));

interface Served {
  readonly client: GrpcClient;
  readonly http: string;
  readonly log: ReturnType<typeof memoryLog>;
  readonly temporary: string;
  readonly close: (graceMs?: number) => Promise<void>;
}

/** A test against a service of its own on free ports; no temporary file may be left. */
function serviceTest(title: string, options: Partial<EyeContactServiceOptions>, check: (served: Served) => Promise<void>): void {
  void test(title, async () => {
    const temporaryFolder = await mkdtemp(join(tmpdir(), 'ocellus-service-tmp-'));
    const log = memoryLog();
    const service = await serveEyeContact({
      makeRedirector: passThrough,
      modelInfo: 'none',
      httpPort: 0,
      grpcPort: 0,
      temporaryFolder,
      log,
      ...options,
    });
    const client = createGrpcClient({ url: `http://127.0.0.1:${service.grpcPort}` });
    try {
      if (!options.prepare) await service.ready;
      const http = `http://127.0.0.1:${service.httpPort}`;
      await check({ client, http, log, temporary: temporaryFolder, close: (graceMs) => service.close(graceMs) });
    } finally {
      await client.close();
      await service.close(0);
      const left = await readdir(temporaryFolder);
      await rm(temporaryFolder, { recursive: true });
      assert.deepEqual(left, [], 'no temporary file is left');
    }
  });
}

type Sent = { readonly config: MessageInitShape<typeof RedirectGazeConfigSchema> } | { readonly data: Uint8Array };

const encoded = (sent: Sent): Uint8Array =>
  toBinary(
    RedirectGazeRequestSchema,
    create(RedirectGazeRequestSchema, {
      streamInput:
        'config' in sent ? { case: 'config', value: create(RedirectGazeConfigSchema, sent.config) } : { case: 'videoFileData', value: sent.data },
    }),
  );

function* chunks(bytes: Uint8Array, length = 2048): Generator<Sent> {
  for (let at = 0; at < bytes.length; at += length) yield { data: bytes.subarray(at, at + length) };
}

interface Answered {
  readonly cases: (string | undefined)[];
  readonly config: RedirectGazeConfig | undefined;
  readonly info: { readonly clientSessionId: string; readonly featureName: string } | undefined;
  readonly video: Buffer;
  readonly trailers: Metadata;
}

async function call(
  client: GrpcClient,
  sent: Iterable<Sent> | AsyncIterable<Sent>,
  metadata: Metadata = new Map(),
  onEach?: (r: RedirectGazeResponse) => void,
): Promise<Answered> {
  let trailers: Metadata = new Map();
  const messages = (async function* () {
    for await (const each of sent) yield encoded(each);
  })();
  const outputs: RedirectGazeResponse['streamOutput'][] = [];
  const onMetadata = (told: Metadata, when: string): void => void (when === 'trailers' && (trailers = told));
  for await (const bytes of client.stream(PATH, messages, { metadata, onMetadata })) {
    const response = fromBinary(RedirectGazeResponseSchema, bytes);
    outputs.push(response.streamOutput);
    onEach?.(response);
  }
  const video = Buffer.concat(outputs.flatMap((output) => (output.case === 'videoFileData' ? [output.value] : [])));
  const config = outputs.flatMap((output) => (output.case === 'config' ? [output.value] : []))[0];
  const info = outputs.flatMap((output) => (output.case === 'serviceInfo' ? [output.value] : []))[0];
  return { cases: outputs.map((output) => output.case), config, info, video, trailers };
}

async function framesOf(video: Buffer): Promise<number> {
  const path = join(folder, `answer-${Math.random().toString(36).slice(2)}.mp4`);
  await writeFile(path, video);
  await using source = await libavMedia().open(path);
  let frames = 0;
  for await (const frame of source.frames()) {
    frame.close();
    frames++;
  }
  return frames;
}

const CONFIG = {
  temporal: 0,
  detectClosure: 1,
  gazePitchThresholdLow: 25,
  lookawayIntervalMin: 3,
  outputVideoEncoding: { encodingType: { case: 'lossy', value: { idrInterval: 8 } } },
} as const;

serviceTest('with a configuration: it comes back field by field, then the banner, then media', {}, async ({ client }) => {
  const { cases, config, info, video } = await call(client, [{ config: CONFIG }, ...chunks(faststart)], new Map([['client-session-id', 'mine']]));
  assert.deepEqual(cases.slice(0, 2), ['config', 'serviceInfo']);
  assert.ok(cases.slice(2).every((each) => each === 'videoFileData' || each === 'keepalive'));
  assert.deepEqual(config, create(RedirectGazeConfigSchema, CONFIG), 'no field more, none less, zero told from absent');
  assert.deepEqual([info?.clientSessionId, info?.featureName], ['mine', 'Eye Contact']);
  assert.equal(await framesOf(video), FRAMES);
});

serviceTest('without a configuration there is no echo, and the first media is the beginning of the file', {}, async ({ client }) => {
  const { cases, video, trailers } = await call(client, chunks(tail));
  assert.ok(!cases.includes('config'));
  assert.equal(video.toString('latin1', 4, 8), 'ftyp');
  assert.equal(await framesOf(video), FRAMES);
  assert.equal(trailers.get('eye-contact-mode'), 'transactional');
  assert.equal(trailers.get('eye-contact-frames-with-face'), '0');
});

serviceTest(
  'the echo and the banner come before any input, and media before the last of it when the index stands in front',
  {},
  async ({ client }) => {
    let heard = 0;
    let media = false;
    let mediaBeforeEnd = false;
    async function* slowly(): AsyncGenerator<Sent> {
      yield { config: CONFIG };
      while (heard < 2) await sleep(5);
      const all = [...chunks(faststart, 512)];
      yield* all.slice(0, -1);
      for (let waited = 0; !media && waited < 200; waited++) await sleep(10);
      mediaBeforeEnd = media;
      yield all.at(-1)!;
    }
    const { trailers } = await call(client, slowly(), new Map(), (response) => {
      heard++;
      if (response.streamOutput.case === 'videoFileData') media = true;
    });
    assert.equal(trailers.get('eye-contact-mode'), 'streaming');
    assert.ok(mediaBeforeEnd, 'media came before the end of the input');
  },
);

serviceTest('a late configuration counts for nothing, messages of media stay within 64 KiB', {}, async ({ client }) => {
  const [first, ...rest] = [...chunks(tail)];
  let largest = 0;
  const { config, video } = await call(client, [first!, { config: { eyeSizeSensitivity: 99 } }, ...rest], new Map(), ({ streamOutput }) => {
    if (streamOutput.case === 'videoFileData') largest = Math.max(largest, streamOutput.value.length);
  });
  assert.equal(config, undefined);
  assert.ok(largest <= 65_536);
  assert.equal(await framesOf(video), FRAMES);
});

serviceTest('while a whole file is awaited, keepalives go out', { keepaliveMs: 20 }, async ({ client }) => {
  async function* slowly(): AsyncGenerator<Sent> {
    const all = [...chunks(tail)];
    yield* all.slice(0, -1);
    await sleep(150);
    yield all.at(-1)!;
  }
  const { cases } = await call(client, slowly());
  assert.ok(cases.filter((each) => each === 'keepalive').length >= 2, cases.join());
});

serviceTest('everything that is wrong with a configuration is named at once', {}, async ({ client }) => {
  const wrong = {
    detectClosure: 2,
    eyeSizeSensitivity: 9,
    gazeYawThresholdLow: 5,
    outputVideoEncoding: { encodingType: { case: 'customEncoding', value: { custom: { sharpness: {} } } } },
  } as const;
  await assert.rejects(call(client, [{ config: wrong }]), (error: Error & { code: string }) => {
    assert.equal(error.code, 'INVALID_ARGUMENT');
    for (const name of ['detect_closure', 'eye_size_sensitivity', 'gaze_yaw_threshold_low', 'sharpness'])
      assert.match(error.message, new RegExp(name));
    return true;
  });
});

serviceTest('input that is no video is told as such, without a path of the server', {}, async ({ client, temporary }) => {
  const cases: readonly (readonly [Sent[], RegExp])[] = [
    [[], /holds no message/],
    [[{ config: CONFIG }], /the video is empty/],
    [[{ data: Buffer.from('not a video at all '.repeat(20)) }], /not a video, picture or sound format/],
    [[...chunks(tail.subarray(0, tail.length - 600))], /the MP4 has no index/],
  ];
  for (const [sent, message] of cases)
    await assert.rejects(call(client, sent), (error: Error & { code: string }) => {
      assert.equal(error.code, 'INVALID_ARGUMENT');
      assert.match(error.message, message);
      assert.ok(!error.message.includes(temporary));
      return true;
    });
});

serviceTest('a truncated video gives what can be had of it', {}, async ({ client }) => {
  const { video } = await call(client, chunks(faststart.subarray(0, faststart.length - 200)));
  const frames = await framesOf(video);
  assert.ok(frames > 0 && frames < FRAMES, `${frames} frames`);
});

serviceTest('a video over the limit is refused', { maxFileBytes: 3000 }, async ({ client }) => {
  await assert.rejects(call(client, chunks(tail)), { code: 'RESOURCE_EXHAUSTED', message: /larger than this server takes: 3000 bytes/ });
});

async function* held(until: Promise<unknown>, bytes = tail): AsyncGenerator<Sent> {
  const all = [...chunks(bytes)];
  yield* all.slice(0, -1);
  await until;
  yield all.at(-1)!;
}

serviceTest(
  'more calls than slots: the next one waits, and is refused when its wait is over',
  { slots: 1, admissionWaitMs: 60 },
  async ({ client }) => {
    let release = (): void => {};
    const until = new Promise<void>((resolve) => (release = resolve));
    const first = call(client, held(until));
    await sleep(40);
    await assert.rejects(call(client, chunks(tail)), { code: 'RESOURCE_EXHAUSTED', message: /1 video is at work.*within 0\.06 s/ });
    release();
    assert.equal(await framesOf((await first).video), FRAMES);
    assert.equal(await framesOf((await call(client, chunks(tail))).video), FRAMES, 'the slot is free again');
  },
);

serviceTest(
  'cancelled midway, the slot and the temporary files are free within a second',
  { slots: 1, admissionWaitMs: 1000 },
  async ({ client, temporary }) => {
    const cancel = new AbortController();
    const messages = (async function* () {
      for await (const each of held(new Promise(() => {}))) yield encoded(each);
    })();
    const broken = (async () => {
      for await (const _ of client.stream(PATH, messages, { signal: cancel.signal })) continue;
    })();
    while ((await readdir(temporary)).length === 0) await sleep(5);
    cancel.abort();
    await assert.rejects(broken, { code: 'CANCELLED' });
    assert.equal(await framesOf((await call(client, chunks(tail))).video), FRAMES, 'the next call gets the slot within its second');
  },
);

serviceTest('with a token, callers without it are refused', { token: 'secret' }, async ({ client }) => {
  await assert.rejects(call(client, chunks(tail)), { code: 'UNAUTHENTICATED' });
  await assert.rejects(call(client, chunks(tail), new Map([['authorization', 'Bearer secreT']])), { code: 'UNAUTHENTICATED' });
  const { video } = await call(client, chunks(tail), new Map([['authorization', 'Bearer secret']]));
  assert.equal(await framesOf(video), FRAMES);
});

serviceTest('told to stop, it lets the call at work end and takes no other', {}, async ({ client, http, close }) => {
  let release = (): void => {};
  const until = new Promise<void>((resolve) => (release = resolve));
  const first = call(client, held(until));
  await sleep(50);
  const closing = close(5000);
  assert.equal((await fetch(`${http}/v1/health/ready`)).status, 503);
  await assert.rejects(call(client, chunks(tail)), { code: 'UNAVAILABLE' });
  release();
  assert.equal(await framesOf((await first).video), FRAMES);
  await closing;
});

serviceTest('until it has made ready, it says so everywhere', { prepare: () => sleep(150) }, async ({ client, http }) => {
  const health = async (): Promise<number> =>
    fromBinary(HealthCheckResponseSchema, await client.unary('/grpc.health.v1.Health/Check', new Uint8Array(0))).status;
  assert.equal((await fetch(`${http}/v1/health/live`)).status, 200);
  assert.equal((await fetch(`${http}/v1/health/ready`)).status, 503);
  assert.equal(await health(), 2);
  await assert.rejects(call(client, chunks(tail)), { code: 'UNAVAILABLE', message: /making ready/ });
  while ((await fetch(`${http}/v1/health/ready`)).status !== 200) await sleep(10);
  assert.equal(await health(), 1);
});

serviceTest('tools that ask by reflection hear of the service and its messages', {}, async ({ client }) => {
  // ServerReflectionRequest: list_services = "", and file_containing_symbol = the service.
  const name = 'nvidia.maxine.eyecontact.v1.MaxineEyeContactService';
  const asked = [Buffer.from([0x3a, 0]), Buffer.concat([Buffer.from([0x22, name.length]), Buffer.from(name)])];
  const answers: Buffer[] = [];
  for await (const bytes of client.stream('/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo', asked)) answers.push(Buffer.from(bytes));
  assert.ok(answers[0]!.includes(name) && answers[0]!.includes('grpc.health.v1.Health'));
  assert.ok(answers[1]!.includes('gaze_pitch_threshold_low') && answers[1]!.includes('server_request_id'));
});

serviceTest('a reader that is slow gets everything, and the work waits for it', {}, async ({ client }) => {
  const { video } = await call(client, [{ config: { outputVideoEncoding: { encodingType: { case: 'lossless', value: true } } } }, ...chunks(tail)]);
  const slow: Uint8Array[] = [];
  const lossless = { config: { outputVideoEncoding: { encodingType: { case: 'lossless', value: true } } } } as const;
  for await (const bytes of client.stream(PATH, [lossless, ...chunks(tail)].map(encoded))) {
    await sleep(20);
    const { streamOutput } = fromBinary(RedirectGazeResponseSchema, bytes);
    if (streamOutput.case === 'videoFileData') slow.push(streamOutput.value);
  }
  assert.ok(Buffer.concat(slow).equals(video));
});

serviceTest('the HTTP side answers as a NIM does', {}, async ({ client, http }) => {
  await call(client, chunks(tail));
  const json = async (path: string): Promise<unknown> => (await fetch(http + path)).json();
  assert.deepEqual(await json('/v1/health/ready'), { object: 'health.response', message: 'NIM is ready', status: 'ready' });
  assert.ok(/^\d+\./.test(((await json('/v1/version')) as { release: string }).release));
  for (const path of ['/v1/metadata', '/v1/manifest', '/v1/license', '/v1/health/live']) assert.equal((await fetch(http + path)).status, 200, path);
  assert.equal((await fetch(`${http}/v1/nothing`)).status, 404);
  assert.equal((await fetch(`${http}/v1/version`, { method: 'POST' })).status, 405);
  const metrics = await (await fetch(`${http}/v1/metrics`)).text();
  assert.match(metrics, new RegExp(`^ocellus_eye_contact_frames_total ${FRAMES}$`, 'm'));
  assert.match(metrics, /^ocellus_eye_contact_calls_total\{status="OK"\} 1$/m);
  assert.match(metrics, /^process_resident_memory_bytes \d+$/m);
});
