import { appendFileSync, writeFileSync } from 'node:fs';
import { type Log, type Tensor, toFault } from '../../core/index.js';
import type { InferenceTimes } from '../../inference/index.js';
import { writeJson, type InferRequest } from '../../wire/index.js';
import type { TraceSettings } from '../settings.js';
import { tensorEntry, timestampsOf } from './trace-entries.js';

/** A request that is traced. */
export interface TracedRequest {
  readonly model: string;
  readonly version: string;
  readonly request: InferRequest;
  readonly inputs: readonly Tensor[];
  /** When its first byte was seen, where the front end tells; `performance.now()` as all times. */
  readonly receivedMs: number | undefined;
  readonly startMs: number;
}

/** How a traced request ended. */
export interface TracedEnd {
  readonly endMs: number;
  readonly times: InferenceTimes | undefined;
  readonly outputs: readonly Tensor[];
}

const numberOf = (values: readonly string[] | undefined, fallback: number): number => Number(values?.[0] ?? fallback);

/** Writes every n-th request into a trace file, as the settings say, in Triton's format. */
export class Tracer {
  #ids = 0;
  /** Requests since the last that was traced, and traces taken, by model. */
  readonly #seen = new Map<string, { since: number; taken: number }>();
  readonly #files = new Map<string, { entries: number; traces: number; part: number }>();

  constructor(
    readonly settings: TraceSettings,
    readonly log: Log,
  ) {}

  /** Whether a request that begins now is to be traced; counts it. */
  wants(model: string): boolean {
    if (!this.settings.enabled) return false;
    const settings = this.settings.of(model);
    if (settings.get('trace_level')?.[0] === 'OFF' || (settings.get('trace_file')?.[0] ?? '') === '') return false;
    const seen = this.#seen.get(model) ?? { since: 0, taken: 0 };
    this.#seen.set(model, seen);
    const count = numberOf(settings.get('trace_count'), -1);
    if (count >= 0 && seen.taken >= count) return false;
    if (++seen.since < numberOf(settings.get('trace_rate'), 1000)) return false;
    seen.since = 0;
    seen.taken++;
    return true;
  }

  /** Writes a request that has ended. */
  write(traced: TracedRequest, end: TracedEnd): void {
    const settings = this.settings.of(traced.model);
    const levels = settings.get('trace_level') ?? [];
    const id = ++this.#ids;
    const { model, version, request } = traced;
    const entries: object[] = [{ id, model_name: model, model_version: Number(version), ...(request.id !== '' && { request_id: request.id }) }];
    if (levels.includes('TIMESTAMPS')) entries.push({ id, timestamps: timestampsOf(traced, end) });
    if (levels.includes('TENSORS')) {
      for (const tensor of traced.inputs) entries.push({ id, activity: 'TENSOR_QUEUE_INPUT', tensor: tensorEntry(tensor) });
      for (const tensor of end.outputs) entries.push({ id, activity: 'TENSOR_BACKEND_OUTPUT', tensor: tensorEntry(tensor) });
    }
    try {
      this.#append(settings.get('trace_file')![0]!, numberOf(settings.get('log_frequency'), 0), entries);
    } catch (error) {
      this.log.error(`a trace cannot be written: ${toFault(error).message}`);
    }
  }

  #append(file: string, frequency: number, entries: readonly object[]): void {
    const state = this.#files.get(file) ?? { entries: 0, traces: 0, part: 0 };
    this.#files.set(file, state);
    if (frequency > 0 && state.traces > 0 && state.traces % frequency === 0) {
      appendFileSync(partOf(file, frequency, state.part++), ']');
      state.entries = 0;
    }
    const path = partOf(file, frequency, state.part);
    const text = entries.map((entry) => writeJson(entry as Parameters<typeof writeJson>[0])).join(',');
    if (state.entries === 0) writeFileSync(path, `[${text}`);
    else appendFileSync(path, `,${text}`);
    state.entries += entries.length;
    state.traces++;
  }

  /** Completes the files. */
  close(): void {
    for (const [file, { entries, part }] of this.#files) {
      const frequency = numberOf(this.settings.of('').get('log_frequency'), 0);
      if (entries > 0) appendFileSync(partOf(file, frequency, part), ']');
    }
    this.#files.clear();
  }
}

/** With a frequency, traces go into numbered files of so many each. */
const partOf = (file: string, frequency: number, part: number): string => (frequency > 0 ? `${file}.${part}` : file);
