import type { Log } from '../../core/index.js';

/** libuv's own choice. */
const USUAL_THREADS = 4;
/** Threads that files, decoders and encoders need beside the network. */
const SPARE_THREADS = 2;

let open = 0;
let warned = false;

/**
 * Counts sources that hold a thread of libuv's pool while they wait for data, and says so once when there are more than the pool can bear: then
 * a camera that sends nothing would hold up the others. Returns the way out.
 */
export function holdNetworkThread(log: Log | undefined, threads = Number(process.env['UV_THREADPOOL_SIZE'] ?? USUAL_THREADS)): () => void {
  open++;
  if (!warned && open > threads - SPARE_THREADS) {
    warned = true;
    log?.warn(
      `${open} network sources share ${threads} threads: one that sends nothing may hold up the others. Start the program with UV_THREADPOOL_SIZE=64 in its environment`,
    );
  }
  let held = true;
  return () => {
    if (held) open--;
    held = false;
  };
}
