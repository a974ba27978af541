import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, type Socket, createServer } from 'node:net';

/** A camera on the loopback: whoever connects gets the clip over and over as MPEG-TS, at its own pace. */
export interface LiveServer extends AsyncDisposable {
  readonly uri: string;
  /** Hangs up, and refuses whoever calls for `forMs`. */
  cut(forMs: number): void;
}

/** How a {@link LiveServer} behaves. */
export interface LiveServerOptions {
  /** After so long nothing more is sent, though the line stays open. */
  readonly silentAfterMs?: number;
}

/** Enough for two hours of clips of ten seconds. */
const TIMES = 720;

/** A list for ffmpeg's concat demuxer, beside the clip. With `-stream_loop`, `-re` stands still for as long as the clip at the end of each turn. */
function listOf(clip: string): string {
  const list = `${clip}.list`;
  writeFileSync(list, `file '${clip}'\n`.repeat(TIMES));
  return list;
}

/** Sends the clip down the socket until either end has enough. */
function serve(socket: Socket, clip: string, { silentAfterMs }: LiveServerOptions): void {
  const input = ['-v', 'error', '-re', '-f', 'concat', '-safe', '0', '-i', listOf(clip)];
  const output = ['-c', 'copy', '-bsf:v', 'h264_mp4toannexb', '-f', 'mpegts', '-flush_packets', '1', 'pipe:1'];
  const child = spawn('ffmpeg', [...input, ...output], { stdio: ['ignore', 'pipe', 'ignore'] });
  child.stdout.on('error', () => {}).pipe(socket, { end: silentAfterMs === undefined });
  const silence = silentAfterMs === undefined ? undefined : setTimeout(() => child.kill(), silentAfterMs);
  socket
    .on('error', () => {})
    .on('close', () => {
      clearTimeout(silence);
      child.kill();
    });
}

/** Starts a server on a free port. */
export async function liveServer(clip: string, options: LiveServerOptions = {}): Promise<LiveServer> {
  const sockets = new Set<Socket>();
  let downUntilMs = 0;
  const server = createServer((socket) => {
    if (performance.now() < downUntilMs) {
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, clip, options);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const hangUp = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    uri: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut(forMs) {
      downUntilMs = performance.now() + forMs;
      hangUp();
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      hangUp();
      await closed;
    },
  };
}
