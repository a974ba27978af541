import { openInline } from './inline-instance.js';
import type { OpenInstance } from './instance.js';
import type { Placement } from './port.js';
import { openProcess } from './process-channel.js';
import { openRemote } from './remote-instance.js';
import { openThread } from './thread-channel.js';

/** How an instance of each placement is opened. */
export const PLACEMENTS: Readonly<Record<Placement, OpenInstance>> = Object.freeze({
  inline: (order) => openInline(order),
  thread: (order) => openRemote(order, openThread),
  process: (order) => openRemote(order, openProcess),
});
