import { Fault, toFault } from '../core/index.js';
import type { BackendResponse } from '../models/index.js';
import type { Channel, ChannelEvents, OpenChannel } from './channel.js';
import type { Instance, InstanceDescription, InstanceOrder, InstanceRequest } from './instance.js';
import { type DoneMessage, type FromInstance, type ToInstance, decodeReport, decodeResult } from './protocol.js';
import type { SequenceId } from './scheduling.js';

/** An instance at the other end of a channel. */
class RemoteInstance implements Instance {
  description!: InstanceDescription;
  #channel: Channel;
  #phase: 'opening' | 'ready' | 'stopping' | 'ended' = 'opening';
  #opened!: { resolve(instance: Instance): void; reject(fault: Fault): void };
  #refusal: Fault | undefined;
  #ended!: () => void;
  readonly #end = new Promise<void>((resolve) => (this.#ended = resolve));
  #held = 0;
  #hang: Fault | undefined;
  #callOffHang: (() => void) | undefined;
  readonly #asked = new Map<number, AbortController>();
  readonly ready = new Promise<Instance>((resolve, reject) => (this.#opened = { resolve, reject }));

  constructor(
    readonly order: InstanceOrder,
    openChannel: OpenChannel<InstanceOrder>,
  ) {
    const events: ChannelEvents = { message: (message) => this.#take(message), ended: (cause, error) => this.#gone(cause, error) };
    this.#channel = openChannel(order, events);
  }

  run(requests: readonly InstanceRequest[]): void {
    this.#channel.run(requests);
    if (this.#held++ === 0) this.#watch();
  }

  grant(number: number): void {
    this.#tell(['grant', number]);
  }

  cancel(number: number): void {
    this.#tell(['cancel', number]);
  }

  endSequence(id: SequenceId, reason: string): void {
    this.#tell(['endSequence', id, reason]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#phase === 'ready') {
      this.#phase = 'stopping';
      this.#channel.stop();
      // Releasing may hang as a run may.
      if (this.#held === 0) this.#watch();
    }
    await this.#end;
  }

  get where(): string {
    return this.#channel.where;
  }

  get #name(): string {
    return `model "${this.order.definition.name}", instance ${this.order.index} (${this.where})`;
  }

  #tell(message: ToInstance): void {
    if (this.#phase !== 'ended') this.#channel.send(message);
  }

  #take(message: FromInstance): void {
    if (message[0] === 'done') this.#finished(message);
    else if (message[0] === 'response') this.order.events.responded(message[1], decodeResult(message[2]) as BackendResponse);
    else if (message[0] === 'completed') this.order.events.completed(message[1], decodeResult(message[2]));
    else if (message[0] === 'ask') void this.#asks(message[1], message[2]);
    else if (message[0] === 'askOff') this.#asked.get(message[1])?.abort(new Fault('CANCELLED', `${this.#name} called its question off`));
    else if (message[0] === 'refused') this.#refusal = new Fault(message[1], message[2]);
    else if (message[0] === 'ready') {
      const [, spec, providers, maxBatch] = message;
      this.description = { spec, providers, maxBatch };
      this.#phase = 'ready';
      this.#opened.resolve(this);
    }
  }

  #finished(message: DoneMessage): void {
    this.#held--;
    this.#callOffHang?.();
    this.#callOffHang = undefined;
    if (this.#held > 0 || this.#phase === 'stopping') this.#watch();
    for (const buffer of message[5]) this.order.pool.adopt(buffer);
    this.order.events.finished(decodeReport(message));
  }

  async #asks(question: number, what: unknown): Promise<void> {
    const gone = new AbortController();
    this.#asked.set(question, gone);
    let reply: ToInstance;
    try {
      reply = ['reply', question, await this.order.onAsk(what, gone.signal)];
    } catch (error) {
      const { code, message } = toFault(error);
      reply = ['replyFault', question, code, message];
    }
    this.#asked.delete(question);
    if (this.#phase === 'ended') return;
    try {
      this.#channel.send(reply);
    } catch (error) {
      const { code, message } = toFault(error, 'INTERNAL', 'the answer cannot be sent: ');
      this.#channel.send(['replyFault', question, code, message]);
    }
  }

  #gone(cause: string, error: unknown): void {
    const { events } = this.order;
    const phase = this.#phase;
    this.#phase = 'ended';
    this.#callOffHang?.();
    this.#ended();
    for (const gone of this.#asked.values()) gone.abort(new Fault('CANCELLED', `${this.#name} is gone`));
    if (phase === 'opening') {
      const fault = this.#refusal ?? new Fault('UNAVAILABLE', `${this.#name} ended before it was ready: ${cause}`, { cause: error });
      this.#opened.reject(fault);
    } else if (phase === 'ready' || this.#held > 0) {
      events.lost(
        this.#hang ?? new Fault('UNAVAILABLE', `${this.#name} is gone: ${cause}. It is being replaced; send the request again`, { cause: error }),
      );
    }
  }

  #watch(): void {
    const { hangAfterMs, after } = this.order;
    if (hangAfterMs === undefined || !this.#channel.kill) return;
    this.#callOffHang = after(hangAfterMs, () => {
      this.#hang = new Fault('DEADLINE_EXCEEDED', `${this.#name} was killed: a run took longer than hangAfterMs (${hangAfterMs} ms)`);
      this.#channel.kill?.();
    });
  }
}

/** Opens an instance behind a channel. @throws Fault what the far end said of the model, UNAVAILABLE when it ended before it was ready */
export function openRemote(order: InstanceOrder, openChannel: OpenChannel<InstanceOrder>): Promise<Instance> {
  return new RemoteInstance(order, openChannel).ready;
}
