import type { Clock } from '../core/index.js';
import type { Flight } from './flight.js';

/** What the watchdog sees of one stream. */
export interface Watched {
  readonly stream: string;
  /** When a frame last came out, or the stream began; monotonic milliseconds. */
  readonly deliveredMs: number;
  /** Set while a result is with a sink, an output or the reader: who has it, and since when. */
  readonly handing: { readonly to: string; readonly frame: number; readonly sinceMs: number } | undefined;
  readonly flights: Iterable<Flight>;
  /** Whether frames are awaited of the source: it runs, and is neither paused nor being opened again. */
  readonly expectsFrames: boolean;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

function nodeText(flight: Flight, place: number, nowMs: number): string | undefined {
  const { nodes } = flight;
  const { name, reads } = nodes[place]!;
  const phase = flight.phase(place);
  if (phase === 'working') return `${name} has been at work for ${seconds(nowMs - flight.startMs[place]!)}`;
  if (phase === 'done') return undefined;
  const missing = reads.filter((read) => {
    const at = nodes.findIndex((node) => node.name === read);
    return at >= 0 && flight.phase(at) !== 'done';
  });
  return `${name} waits for ${missing.length > 0 ? missing.join(' and ') : 'its turn'}`;
}

/** Who waits for whom on a stream where nothing has moved for `limitMs`; undefined while something moves. Pure. */
export function stallText({ stream, deliveredMs, handing, flights, expectsFrames }: Watched, nowMs: number, limitMs: number): string | undefined {
  const all = [...flights];
  const moved = Math.max(deliveredMs, handing?.sinceMs ?? -Infinity, ...all.map(({ movedMs }) => movedMs));
  if (nowMs - moved < limitMs) return undefined;
  const [first] = all;
  const parts: string[] = [];
  if (handing) parts.push(`frame ${handing.frame} is done, and ${handing.to} has not taken it for ${seconds(nowMs - handing.sinceMs)}`);
  if (first) {
    const waits = first.nodes.flatMap((_, place) => nodeText(first, place, nowMs) ?? []);
    parts.push(`frame ${first.frame}: ${waits.join('; ')}`);
    if (all.length > 1) parts.push(`${all.length - 1} more frame(s) under way behind it`);
  }
  if (parts.length === 0) {
    if (!expectsFrames) return undefined;
    parts.push('no frame is under way: all wait for the source');
  }
  return `stream ${stream}: nothing has moved for ${seconds(nowMs - moved)}. ${parts.join('. ')}`;
}

/** Looks at the streams from time to time and tells of each that stands still, once until it moves again. */
export class Watchdog {
  readonly #told = new Set<string>();
  #callOff: () => void = () => {};

  constructor(
    readonly clock: Clock,
    readonly limitMs: number,
    readonly streams: () => Iterable<Watched>,
    readonly tell: (stream: string, text: string) => void,
  ) {}

  start(): void {
    if (this.limitMs <= 0) return;
    this.#callOff = this.clock.after(this.limitMs / 2, () => {
      this.look(this.clock.nowMs());
      this.start();
    });
  }

  /** One look. */
  look(nowMs: number): void {
    for (const watched of this.streams()) {
      const text = stallText(watched, nowMs, this.limitMs);
      if (text === undefined) this.#told.delete(watched.stream);
      else if (!this.#told.has(watched.stream)) {
        this.#told.add(watched.stream);
        this.tell(watched.stream, text);
      }
    }
  }

  stop(): void {
    this.#callOff();
  }
}
