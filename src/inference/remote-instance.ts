import { Fault } from '../core/index.js';
import type { Channel, ChannelEvents, OpenChannel } from './channel.js';
import type { Instance, InstanceDescription, InstanceOrder } from './instance.js';
import type { InferenceRequest } from './port.js';
import { type DoneMessage, type FromInstance, decodeReport } from './protocol.js';

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
  readonly ready = new Promise<Instance>((resolve, reject) => (this.#opened = { resolve, reject }));

  constructor(
    readonly order: InstanceOrder,
    openChannel: OpenChannel<InstanceOrder>,
  ) {
    const events: ChannelEvents = { message: (message) => this.#take(message), ended: (cause, error) => this.#gone(cause, error) };
    this.#channel = openChannel(order, events);
  }

  run(requests: readonly InferenceRequest[]): void {
    this.#channel.run(requests);
    if (this.#held++ === 0) this.#watch();
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

  #take(message: FromInstance): void {
    if (message[0] === 'done') this.#finished(message);
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

  #gone(cause: string, error: unknown): void {
    const { events } = this.order;
    const phase = this.#phase;
    this.#phase = 'ended';
    this.#callOffHang?.();
    this.#ended();
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
