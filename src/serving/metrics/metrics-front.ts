import { createServer } from 'node:http';
import { closeServer, type Front, listen } from '../http/http-front.js';

/** Serves `text` at `/metrics`; other paths answer an empty 200, as Triton's do. @throws Fault UNAVAILABLE when the address is not to be had */
export async function openMetricsFront(text: () => string, host = '127.0.0.1', port = 8002): Promise<Front> {
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    const body = path === '/metrics' ? text() : '';
    response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' });
    response.end(body);
  });
  const bound = await listen(server, host, port);
  return { host, port: bound, close: (graceMs) => closeServer(server, graceMs) };
}
