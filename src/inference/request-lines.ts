import { Fault, fail } from '../core/index.js';
import { type BackendResponse, type BackendResult, type HostResult, type RequestLine, toHostResult } from '../models/instance.js';
import { RESPONSE_CREDIT } from './port.js';

/** What the lines of an instance tell. */
export interface LineEvents {
  responded(number: number, response: BackendResponse): void;
  completed(number: number, result: HostResult): void;
}

/** The line of one request: answers leave in order, no more under way than the caller has room for. */
class Line implements RequestLine {
  readonly #gone = new AbortController();
  #credit = RESPONSE_CREDIT;
  #last: Promise<void> = Promise.resolve();
  #wake: (() => void) | undefined;
  /** `running`: in `execute`. `later`: put off. `over`: no answer is taken any more. */
  #phase: 'running' | 'later' | 'over' = 'running';
  /** How it was finished before `execute` had said that it was put off. */
  #early: { readonly last: Exclude<BackendResult, string> } | undefined;

  constructor(
    readonly number: number,
    readonly events: LineEvents,
    private readonly forget: () => void,
  ) {}

  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  respond(response: BackendResponse): Promise<void> {
    if (this.#phase === 'over') return Promise.reject(new Fault('FAILED_PRECONDITION', 'the request is over and takes no more answers'));
    const sent = this.#last.then(() => this.#send(response));
    this.#last = sent.catch(() => {});
    return sent;
  }

  finish(last: Exclude<BackendResult, string>): void {
    if (this.#phase === 'over' || this.#early)
      fail('FAILED_PRECONDITION', 'only a request that execute put off with "later" is ended by finish, and once');
    if (this.#phase === 'running') this.#early = { last };
    else this.#end(last);
  }

  /** `execute` gave the result: takes no more answers. Resolves once those given so far have been sent, or were dropped. */
  async close(): Promise<void> {
    this.#phase = 'over';
    // Until then the caller's room for more, or that it is gone, must find its way here.
    await this.#last;
    this.forget();
  }

  /** The engine knows that the request is put off. */
  putOff(): void {
    this.#phase = 'later';
    if (this.#early) this.#end(this.#early.last);
  }

  #end(last: Exclude<BackendResult, string>): void {
    this.#phase = 'over';
    void this.#endAfter(this.#last, last);
  }

  async #endAfter(answers: Promise<void>, last: Exclude<BackendResult, string>): Promise<void> {
    await answers;
    this.forget();
    this.events.completed(this.number, toHostResult(last));
  }

  grant(): void {
    this.#credit++;
    this.#wake?.();
  }

  cancel(): void {
    this.#gone.abort(new Fault('CANCELLED', 'the caller no longer wants an answer'));
    this.#wake?.();
  }

  async #send(response: BackendResponse): Promise<void> {
    this.signal.throwIfAborted();
    this.#credit--;
    this.events.responded(this.number, response);
    while (this.#credit <= 0 && !this.signal.aborted) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.signal.throwIfAborted();
  }
}

/** The lines of the requests that a backend has, by number; both ends count alike. */
export class RequestLines {
  readonly #lines = new Map<number, Line>();
  /** Called off before they were begun: they still wait behind another batch. */
  readonly #unwanted = new Set<number>();
  #next = 0;

  constructor(readonly events: LineEvents) {}

  /** Lines for the next `count` requests. */
  open(count: number): readonly RequestLine[] {
    return Array.from({ length: count }, () => {
      const number = this.#next++;
      const line = new Line(number, this.events, () => this.#lines.delete(number));
      this.#lines.set(number, line);
      if (this.#unwanted.delete(number)) line.cancel();
      return line;
    });
  }

  /**
   * `execute` is through: resolves when what was answered on the way has been sent, with what is left to do once the engine has been told
   * of the results, because those put off stay open.
   */
  async close(lines: readonly RequestLine[], results: readonly HostResult[]): Promise<() => void> {
    const later: Line[] = [];
    for (const [index, line] of (lines as readonly Line[]).entries()) {
      const result = results[index];
      if (result && 'pending' in result && result.pending === 'later') later.push(line);
      else await line.close();
    }
    return () => {
      for (const line of later) line.putOff();
    };
  }

  /** The caller can take another answer. */
  grant(number: number): void {
    this.#lines.get(number)?.grant();
  }

  /** The caller is gone. */
  cancel(number: number): void {
    if (number >= this.#next) this.#unwanted.add(number);
    else this.#lines.get(number)?.cancel();
  }
}
