// The bare servers that serving is measured against: what comes in goes out, or is read from a file of shared memory and answered in a word.
// `node bench/echo-server.mjs http|http2|shm FILE BYTES`; says its port on stdout.
import { openSync, readSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';

const [, , kind, file, bytes] = process.argv;

function bodyOf(request, take) {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => take(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
}

function echoHttp(request, response) {
  bodyOf(request, (body) => {
    response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': body.length });
    response.end(body);
  });
}

function echoStream(stream) {
  bodyOf(stream, (body) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(body);
  });
}

function readShared() {
  const fd = openSync(file, 'r');
  const memory = new Uint8Array(Number(bytes));
  return (request, response) =>
    bodyOf(request, () => {
      readSync(fd, memory, 0, memory.byteLength, 0);
      response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': 1 });
      response.end(memory.subarray(0, 1));
    });
}

const settings = { initialWindowSize: 8 << 20, maxFrameSize: 1 << 20 };
const SERVERS = {
  http: () => createHttp(echoHttp),
  http2: () =>
    createHttp2({ settings, maxSessionMemory: 1024 })
      .on('stream', echoStream)
      .on('session', (session) => session.setLocalWindowSize(16 << 20)),
  shm: () => createHttp(readShared()),
};
const server = SERVERS[kind]();
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
