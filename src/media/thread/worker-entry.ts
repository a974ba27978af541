import { parentPort } from 'node:worker_threads';
import { libavMedia } from '../libav/media.js';
import { MediaHost } from './media-host.js';
import type { ToMedia } from './protocol.js';

const port = parentPort!;
const host = new MediaHost(libavMedia(), (message) => port.postMessage(message));
port.on('message', (message: ToMedia) => {
  if (message.kind === 'end') port.close();
  else host.receive(message);
});
