import type { InstanceRequest } from './instance.js';
import type { FromInstance, ToInstance } from './protocol.js';

/** What a channel tells: messages, and once, that the other side is gone. */
export interface ChannelEvents {
  message(message: FromInstance): void;
  /** `cause` says in words how it ended, such as `exit code 70`, with the error where there was one. */
  ended(cause: string, error?: unknown): void;
}

/** The line to an instance in a thread or process. */
export interface Channel {
  /** What is behind it, in words: `process 4711`. */
  readonly where: string;
  /** Takes over the inputs of a batch and sends them. @throws anything that the platform says of what cannot be sent; nothing was taken over then */
  run(requests: readonly InstanceRequest[]): void;
  /** Sends a message as it is. @throws what the platform says of what cannot be sent */
  send(message: ToInstance): void;
  /** Asks it to finish what it holds, release the model and end. */
  stop(): void;
  /** Ends it at once; absent where that would take the whole process down. */
  kill?(): void;
}

/** Opens a channel by starting the thread or process behind it. */
export type OpenChannel<Order> = (order: Order, events: ChannelEvents) => Channel;
