import type { Front } from '../http/http-front.js';
import { openHttpServer } from '../http/http-server.js';

const MAX_BODY_BYTES = 65_536;

/** Serves `text` at `/metrics`; other paths answer an empty 200, as Triton's do. @throws Fault UNAVAILABLE when the address is not to be had */
export async function openMetricsFront(text: () => string, host = '127.0.0.1', port = 8002): Promise<Front> {
  const listening = await openHttpServer({
    host,
    port,
    answer: (exchange) => exchange.replyText(exchange.path === '/metrics' ? text() : ''),
    maxBodyBytes: MAX_BODY_BYTES,
    tls: undefined,
  });
  return { host, port: listening.port, close: (graceMs) => listening.close(graceMs) };
}
