import { randomUUID, timingSafeEqual } from 'node:crypto';
import { Fault, fail, type Log, type Meter, packageVersion, throwIfAborted, toFault } from '../../core/index.js';
import { type EyeContactSettings, settingsOfConfig } from '../../eye-contact/index.js';
import type { Message, Method, ServerCall } from '../../wire/grpc.js';
import { type RedirectGazeConfig, RedirectGazeResponseSchema } from '../../wire/eye-contact.js';
import { create, type MessageInitShape, toBinary } from '../../wire/index.js';
import { ByteChannel } from './byte-channel.js';
import { CallInput } from './call-input.js';
import { encodingOf, type EncodingChoice } from './encoding-of.js';
import type { EYE_CONTACT_METRICS } from './metric-table.js';
import type { EyeContactServiceOptions } from './port.js';
import type { Slots } from './slots.js';
import { streamVideo, transactVideo, type VideoJob } from './video-job.js';

/** What all calls share. */
export interface CallContext {
  readonly options: EyeContactServiceOptions;
  readonly slots: Slots;
  readonly meter: Meter;
  readonly log: Log;
  /** @throws Fault UNAVAILABLE while the service makes ready, or is about to stop */
  readonly throwUnlessReady: () => void;
}

/** Bytes of a video in one message, as the clients send them: far below what they take. */
const PIECE_BYTES = 64 * 1024;
/** Bytes that wait for a slow reader. */
const WAITING_BYTES = 1 << 20;
const DEFAULT_KEEPALIVE_MS = 5000;
const MAX_SESSION_ID = 128;

const metric = (name: keyof typeof EYE_CONTACT_METRICS): string => name;

type Output = NonNullable<MessageInitShape<typeof RedirectGazeResponseSchema>['streamOutput']>;

const response = (streamOutput: Output): Message => toBinary(RedirectGazeResponseSchema, create(RedirectGazeResponseSchema, { streamOutput }));

const textOf = ({ metadata }: ServerCall, name: string): string => {
  const value = metadata.get(name);
  return typeof value === 'string' ? value : '';
};

function checkToken(call: ServerCall, token: string | undefined): void {
  if (token === undefined) return;
  const given = Buffer.from(textOf(call, 'authorization'));
  const wanted = Buffer.from(`Bearer ${token}`);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
    fail('UNAUTHENTICATED', 'this server wants the metadata "authorization: Bearer TOKEN" with its token');
}

/** What the client asks for, in both halves of its configuration at once. @throws Fault INVALID_ARGUMENT naming everything that is wrong */
function asked(config: RedirectGazeConfig | undefined): { readonly settings: EyeContactSettings; readonly encoding: EncodingChoice } {
  const problems: string[] = [];
  const tried = <T>(make: () => T): T | undefined => {
    try {
      return make();
    } catch (error) {
      const fault = toFault(error);
      if (fault.code !== 'INVALID_ARGUMENT') throw fault;
      problems.push(fault.message);
      return undefined;
    }
  };
  const settings = tried(() => settingsOfConfig(config ?? {}));
  const encoding = tried(() => encodingOf(config?.outputVideoEncoding));
  return settings && encoding ? { settings, encoding } : fail('INVALID_ARGUMENT', problems.join('; '));
}

const withPreset = (encoding: EncodingChoice, preset: string | undefined): EncodingChoice =>
  preset === undefined ? encoding : (video) => ({ ...(typeof encoding === 'function' ? encoding(video) : encoding), preset });

/** One call, from its first message to its last. */
class RedirectCall {
  readonly id = randomUUID();
  readonly #channel = new ByteChannel(WAITING_BYTES);
  readonly #gone = new AbortController();
  readonly input: CallInput;
  readonly log: Log;

  constructor(
    readonly context: CallContext,
    readonly call: ServerCall,
    requests: AsyncIterable<Uint8Array>,
  ) {
    this.input = new CallInput(requests, context.options.maxFileBytes ?? Number.POSITIVE_INFINITY);
    this.log = context.log.child({ call: this.id, session: textOf(call, 'client-session-id').slice(0, MAX_SESSION_ID) });
    const stop = (): void => this.#stop(call.signal.reason);
    if (call.signal.aborted) stop();
    else call.signal.addEventListener('abort', stop, { once: true });
  }

  #stop(reason: unknown): void {
    this.#gone.abort(reason);
    this.#channel.fail(reason);
  }

  async *answer(): AsyncGenerator<Message> {
    const { context, call, input } = this;
    const config = await input.config();
    const { settings, encoding } = asked(config);
    // Clients of 1.2 and 1.3 throw away the first answer, whatever it is; without a configuration, others throw away none.
    if (config) yield response({ case: 'config', value: config });
    yield response({ case: 'serviceInfo', value: this.#info() });
    const { slots } = context;
    const giveBack = await slots.take(call.signal);
    const work = this.#work(settings, withPreset(encoding, context.options.preset)).finally(giveBack);
    // Its failure reaches the reader through the channel.
    work.catch(() => {});
    try {
      yield* this.#pieces();
      await work;
    } finally {
      this.#stop(new Fault('CANCELLED', 'the call is over'));
      await work.catch(() => {});
    }
  }

  #info() {
    return {
      featureVersion: packageVersion(),
      featureName: 'Eye Contact',
      modelInfo: this.context.options.modelInfo,
      serverRequestId: this.id,
      clientSessionId: textOf(this.call, 'client-session-id'),
    };
  }

  async *#pieces(): AsyncGenerator<Message> {
    const { options, meter } = this.context;
    const sent = meter.counter(metric('eye_contact_sent_bytes_total'));
    for (;;) {
      const bytes = await this.#channel.take(PIECE_BYTES, options.keepaliveMs ?? DEFAULT_KEEPALIVE_MS);
      if (bytes === undefined) return;
      if (bytes) sent.add(bytes.byteLength);
      yield bytes ? response({ case: 'videoFileData', value: bytes }) : response({ case: 'keepalive', value: {} });
    }
  }

  async #work(settings: EyeContactSettings, encoding: EncodingChoice): Promise<void> {
    const { options, meter } = this.context;
    try {
      const streaming = await this.input.streams();
      await using redirector = await options.makeRedirector(settings);
      const { signal } = this.#gone;
      throwIfAborted(signal);
      const { temporaryFolder } = options;
      const job: VideoJob = { input: this.input, output: this.#channel, redirector, encoding, temporaryFolder, signal, log: this.log };
      const { frames, framesWithFace, changed } = await (streaming ? streamVideo(job) : transactVideo(job));
      meter.counter(metric('eye_contact_frames_total')).add(frames);
      const mode = streaming ? 'streaming' : 'transactional';
      if (framesWithFace === 0) this.log.warn('no face was found; the video goes back unchanged');
      this.log.info(`redirected ${frames} frames`, { mode, framesWithFace, changed, settings });
      const told = { mode, frames, 'frames-with-face': framesWithFace, 'frames-changed': changed, settings: JSON.stringify(settings) };
      for (const [name, value] of Object.entries(told)) this.call.trailers.set(`eye-contact-${name}`, String(value));
      this.#channel.end();
    } catch (error) {
      this.#channel.fail(error);
      throw error;
    } finally {
      meter.counter(metric('eye_contact_received_bytes_total')).add(this.input.received);
    }
  }
}

/** `MaxineEyeContactService.RedirectGaze`. */
export const redirectGaze = (context: CallContext): Method => ({
  kind: 'stream',
  async *handle(requests, call) {
    const { meter, slots, options } = context;
    const startMs = performance.now();
    const gauges = (): void => {
      meter.gauge(metric('eye_contact_active_calls')).set(slots.taken);
      meter.gauge(metric('eye_contact_waiting_calls')).set(slots.waiting);
    };
    let status = 'CANCELLED';
    const redirect = new RedirectCall(context, call, requests);
    try {
      context.throwUnlessReady();
      checkToken(call, options.token);
      for await (const message of redirect.answer()) {
        gauges();
        yield message;
      }
      status = 'OK';
    } catch (error) {
      const fault = toFault(error);
      status = fault.code;
      redirect.log.warn(`the call failed: ${fault.message}`, { status });
      throw fault;
    } finally {
      gauges();
      meter.counter(metric('eye_contact_calls_total'), { status }).add();
      meter.histogram(metric('eye_contact_call_ms')).record(performance.now() - startMs);
    }
  },
});
