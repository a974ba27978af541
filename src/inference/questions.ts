import { Fault, throwIfAborted, toFault } from '../core/index.js';
import type { FromInstance } from './protocol.js';

interface Asked {
  resolve(answer: unknown): void;
  reject(fault: Fault): void;
}

/** What an instance in a thread or process has asked its engine, until the answers come. */
export class Questions {
  readonly #asked = new Map<number, Asked>();
  #next = 0;

  constructor(private readonly post: (message: FromInstance) => void) {}

  /** Asks. @throws Fault what the other side threw, CANCELLED once `signal` aborts, INVALID_ARGUMENT for what cannot be sent */
  async ask(what: unknown, signal?: AbortSignal): Promise<unknown> {
    throwIfAborted(signal);
    const question = this.#next++;
    const answer = new Promise<unknown>((resolve, reject) => this.#asked.set(question, { resolve, reject }));
    const callOff = (): void => {
      this.post(['askOff', question]);
      this.failed(question, new Fault('CANCELLED', 'the question was called off', { cause: signal?.reason }));
    };
    signal?.addEventListener('abort', callOff, { once: true });
    try {
      this.#send(question, what);
      return await answer;
    } finally {
      signal?.removeEventListener('abort', callOff);
      this.#asked.delete(question);
    }
  }

  /** The answer came. */
  answered(question: number, answer: unknown): void {
    this.#asked.get(question)?.resolve(answer);
  }

  /** There will be no answer. */
  failed(question: number, fault: Fault): void {
    this.#asked.get(question)?.reject(fault);
  }

  #send(question: number, what: unknown): void {
    try {
      this.post(['ask', question, what]);
    } catch (error) {
      throw toFault(error, 'INVALID_ARGUMENT', 'the question cannot be sent: ');
    }
  }
}
