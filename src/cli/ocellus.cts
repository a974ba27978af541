#!/usr/bin/env node
// A network source holds a thread of libuv's pool while it waits for data. The pool has four unless this is said before anything uses it, and
// loading an ES module does: hence this small CommonJS door (docs/adr/0029).
process.env['UV_THREADPOOL_SIZE'] ??= '64';
void import('./main.js');
