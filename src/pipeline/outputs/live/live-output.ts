import { type Clock, type Frame, type Log, Scope, type Size, systemClock } from '../../../core/index.js';
import type { Composer, Media, VideoSource } from '../../../media/index.js';
import { type LiveOutputConfig, WALL_NAME, liveStreams } from '../../config-outputs.js';
import type { FrameResult } from '../../frame-result.js';
import type { Output, OutputFile } from '../port.js';
import { Wall } from '../tiles/wall.js';
import { LiveFeed } from './live-feed.js';
import { type LivePicture, LiveServer } from './live-server.js';
import { StreamPicture } from './stream-picture.js';

/** What a live output is made with. */
export interface LiveOutputMaterial {
  readonly media: Media;
  readonly log: Log;
  /** Nodes that a tracker reads. */
  readonly followed: readonly string[];
  /** The machine's own when absent. */
  readonly clock?: Clock;
}

interface LiveStream {
  readonly picture: StreamPicture;
  readonly feed: LiveFeed;
  readonly size: Size;
  state: LivePicture['state'];
}

/** Frames of the wall stand for no time of any stream. */
const NO_TIME = { ticks: 0n, timeBase: { num: 1, den: 1000 } } as const;

class LiveOutput implements Output {
  readonly #streams = new Map<string, LiveStream>();
  readonly #scope = new Scope();
  #wall: { readonly wall: Wall; readonly feed: LiveFeed } | undefined;
  #server: LiveServer | undefined;

  constructor(
    readonly name: string,
    readonly config: LiveOutputConfig,
    readonly composer: Composer,
    readonly material: LiveOutputMaterial,
  ) {
    this.#scope.use(composer);
    const { tiles, draw } = config;
    if (!tiles) return;
    const wall = this.#scope.use(new Wall(tiles, { name, draw, followed: material.followed, composer }));
    this.#wall = { wall, feed: this.#feed(() => wall.compose(0, NO_TIME)) };
  }

  get address(): string {
    return this.#server!.url;
  }

  async serve(): Promise<void> {
    const { live, frameRate } = this.config;
    const { log } = this.material;
    this.#server = this.#scope.use(await LiveServer.open(live, { title: this.name, frameRate, pictures: () => this.#pictures(), log }));
    log.info(`${this.name}: live pictures at ${this.address}`);
  }

  addStream(name: string, { info }: VideoSource): Promise<void> {
    const { size } = info.video;
    this.#wall?.wall.add(name, size);
    const shown = liveStreams(this.config);
    if (shown && !shown.includes(name)) return Promise.resolve();
    this.#streams.get(name)?.picture[Symbol.dispose]();
    const { draw, maxWidth } = this.config;
    const picture = new StreamPicture({ draw, maxWidth, followed: this.material.followed, composer: this.composer });
    // Whoever looks at a stream that comes back goes on looking.
    const feed = this.#streams.get(name)?.feed ?? this.#feed(() => this.#streams.get(name)!.picture.compose());
    this.#streams.set(name, { picture, feed, size, state: 'waiting' });
    return Promise.resolve();
  }

  endStream(name: string): Promise<void> {
    const stream = this.#streams.get(name);
    if (stream) stream.state = 'ended';
    this.#wall?.wall.end(name);
    this.#wall?.feed.changed();
    return Promise.resolve();
  }

  write(result: FrameResult): Promise<void> {
    const stream = this.#streams.get(result.meta.stream);
    if (stream) {
      stream.state = 'running';
      stream.picture.show(result, stream.feed.isWatched);
      stream.feed.changed();
    }
    if (this.#wall?.wall.has(result.meta.stream)) {
      this.#wall.wall.show(result);
      this.#wall.feed.changed();
    }
    return Promise.resolve();
  }

  #feed(compose: () => Promise<Frame>): LiveFeed {
    const { quality, frameRate } = this.config;
    const { media, clock = systemClock } = this.material;
    const encode = (frame: Frame): Promise<Uint8Array> => media.encodeImage(frame, { type: 'jpeg', quality });
    return this.#scope.use(new LiveFeed({ compose, encode, frameRate, clock }));
  }

  #pictures(): LivePicture[] {
    const streams = [...this.#streams].map(([name, { feed, state, size }]): LivePicture => ({ name, feed, state, ...size, wall: false }));
    if (!this.#wall) return streams;
    const { feed } = this.#wall;
    return [{ name: WALL_NAME, feed, state: 'running', ...this.config.tiles!.size, wall: true }, ...streams];
  }

  async finish(): Promise<readonly OutputFile[]> {
    await this[Symbol.asyncDispose]();
    return [];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nobody is to ask for pictures of what is being closed.
    await this.#server?.[Symbol.asyncDispose]();
    await this.#scope.close();
    for (const { picture } of this.#streams.values()) picture[Symbol.dispose]();
    this.#streams.clear();
  }
}

/** Serves the newest pictures by HTTP while the pipeline runs. @throws Fault OUTPUT_FAILED when it cannot listen */
export async function openLiveOutput(name: string, config: LiveOutputConfig, material: LiveOutputMaterial): Promise<Output> {
  const output = new LiveOutput(name, config, await material.media.createComposer(), material);
  try {
    await output.serve();
    return output;
  } catch (error) {
    await output[Symbol.asyncDispose]();
    throw error;
  }
}
