import { connect } from 'node:net';

/** What a server managed. */
export interface Load {
  readonly perSecond: number;
  /** Requests that were answered, those of the first second included. */
  readonly count: number;
  /** Milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Requests of a load, and for how long. */
export interface LoadOrder {
  readonly concurrency: number;
  readonly seconds: number;
}

const WARM_MS = 1000;

/** Keeps `concurrency` requests under way by `send`, which resolves when one is answered; the first second does not count. */
export async function drive(send: () => Promise<void>, { concurrency, seconds }: LoadOrder): Promise<Load> {
  const times: number[] = [];
  let count = 0;
  const startMs = performance.now() + WARM_MS;
  const endMs = startMs + seconds * 1000;
  const one = async (): Promise<void> => {
    for (let beganMs = performance.now(); beganMs < endMs;) {
      await send();
      const nowMs = performance.now();
      count++;
      if (beganMs >= startMs) times.push(nowMs - beganMs);
      beganMs = nowMs;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, one));
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.floor(share * (times.length - 1))] ?? Number.NaN;
  return { perSecond: times.length / seconds, count, p50Ms: at(0.5), p99Ms: at(0.99) };
}

const LENGTH = /\r\ncontent-length: (\d+)/i;

/** A connection that sends one request again and again, and reads no more of the answers than where they end: the load must cost little itself. */
export async function httpConnection(port: number, request: Uint8Array): Promise<{ send(): Promise<void>; close(): void }> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  let left = -1;
  let head = '';
  let answered: () => void = () => {};
  socket.on('data', (chunk: Buffer) => {
    let size = chunk.length;
    if (left < 0) {
      head += chunk.toString('latin1', 0, Math.min(chunk.length, 4096));
      const end = head.indexOf('\r\n\r\n');
      if (end < 0) return;
      if (!head.startsWith('HTTP/1.1 200')) throw new Error(head);
      left = Number(LENGTH.exec(head)![1]);
      size = chunk.length - (end + 4);
      head = '';
    }
    left -= size;
    if (left > 0) return;
    left = -1;
    answered();
  });
  return {
    send: () =>
      new Promise((resolve) => {
        answered = resolve;
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

/** The load of an HTTP server with `request` as its whole text. */
export async function httpLoad(port: number, request: Uint8Array, order: LoadOrder): Promise<Load> {
  const connections = await Promise.all(Array.from({ length: order.concurrency }, () => httpConnection(port, request)));
  let next = 0;
  const free = [...connections];
  const send = async (): Promise<void> => {
    const connection = free.pop() ?? connections[next++ % connections.length]!;
    await connection.send();
    free.push(connection);
  };
  const load = await drive(send, order);
  for (const connection of connections) connection.close();
  return load;
}
