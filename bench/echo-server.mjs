// The bare servers that serving is measured against: what comes in goes out. `node bench/echo-server.mjs http|http2`; says its port on stdout.
import { createServer as createHttp } from 'node:http';
import { createServer as createHttp2 } from 'node:http2';

function echoHttp(request, response) {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': body.length });
    response.end(body);
  });
}

function echoStream(stream) {
  const chunks = [];
  stream.on('data', (chunk) => chunks.push(chunk));
  stream.on('end', () => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(Buffer.concat(chunks));
  });
}

const settings = { initialWindowSize: 8 << 20, maxFrameSize: 1 << 20 };
const server = process.argv[2] === 'http2' ? createHttp2({ settings, maxSessionMemory: 1024 }).on('stream', echoStream) : createHttp(echoHttp);
server.on('session', (session) => session.setLocalWindowSize(16 << 20));
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
