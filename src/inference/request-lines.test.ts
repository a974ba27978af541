import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HostResult } from '../models/index.js';
import { RESPONSE_CREDIT } from './port.js';
import { RequestLines } from './request-lines.js';

const ANSWER: HostResult = { outputs: [], answers: [] };
const LATER: HostResult = { pending: 'later' };
const RESPONSE = { outputs: [] };
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function rig() {
  const log: string[] = [];
  const lines = new RequestLines({
    responded: (number) => void log.push(`${number}`),
    completed: (number, result) =>
      void log.push(`${number} ${'fault' in result ? result.fault.message : 'outputs' in result && result.empty ? 'empty' : 'answer'}`),
  });
  return { lines, log };
}

test('requests are numbered through all batches; answers carry the number', async () => {
  const { lines, log } = rig();
  lines.open(2);
  const [third, fourth] = lines.open(2);
  await fourth!.respond(RESPONSE);
  await third!.respond(RESPONSE);
  assert.deepEqual(log, ['3', '2']);
});

test('answers wait for credit, in order, and the end waits for them', async () => {
  const { lines, log } = rig();
  const [line] = lines.open(1);
  for (let i = 0; i < RESPONSE_CREDIT + 2; i++) void line!.respond(RESPONSE);
  const told = await Promise.race([lines.close([line!], [LATER]), settled().then(() => undefined)]);
  told?.();
  line!.finish();
  await settled();
  assert.equal(log.length, RESPONSE_CREDIT);
  lines.grant(0);
  await settled();
  assert.equal(log.length, RESPONSE_CREDIT + 1);
  lines.grant(0);
  lines.grant(0);
  await settled();
  assert.deepEqual(log.slice(RESPONSE_CREDIT), ['0', '0', '0 empty']);
});

test('a caller that is gone fails what is sent, and what waits to be', async () => {
  const { lines } = rig();
  const [line] = lines.open(1);
  const sent = Array.from({ length: RESPONSE_CREDIT + 1 }, () => line!.respond(RESPONSE));
  const outcomes = Promise.allSettled(sent);
  await settled();
  lines.cancel(0);
  assert.deepEqual(
    (await outcomes).map(({ status }) => status),
    [...Array.from({ length: RESPONSE_CREDIT - 1 }, () => 'fulfilled'), 'rejected', 'rejected'],
  );
  assert.equal(line!.signal.aborted, true);
  await assert.rejects(line!.respond(RESPONSE), { code: 'CANCELLED' });
});

test('only a request that was put off is finished, and once', async () => {
  const { lines, log } = rig();
  const [plain, later, early] = lines.open(3);
  early!.finish(new Error('no') as never);
  const told = await lines.close([plain!, later!, early!], [ANSWER, LATER, LATER]);
  assert.deepEqual(log, []);
  told();
  await settled();
  assert.deepEqual(log, ['2 no']);
  later!.finish(RESPONSE);
  await settled();
  assert.deepEqual(log, ['2 no', '1 answer']);
  for (const line of [plain!, later!, early!]) {
    assert.throws(() => line.finish(), { code: 'FAILED_PRECONDITION' });
    await assert.rejects(line.respond(RESPONSE), { code: 'FAILED_PRECONDITION', message: /is over/ });
  }
});

test('a request that is called off before it is begun begins called off', async () => {
  const { lines, log } = rig();
  lines.cancel(1);
  const [first, second] = lines.open(2);
  assert.deepEqual([first!.signal.aborted, second!.signal.aborted], [false, true]);
  await assert.rejects(second!.respond(RESPONSE), { code: 'CANCELLED' });
  assert.deepEqual(log, []);
});

test('credit and cancellation for a request that is over are nothing', async () => {
  const { lines } = rig();
  const opened = lines.open(1);
  await lines.close(opened, [ANSWER]);
  lines.grant(0);
  lines.cancel(0);
  assert.equal(opened[0]!.signal.aborted, false);
});

test('answers that wait while execute has failed still go out as the caller has room, or are dropped once it is gone', async () => {
  for (const goOn of ['grant', 'cancel'] as const) {
    const { lines, log } = rig();
    const [line] = lines.open(1);
    for (let i = 0; i < RESPONSE_CREDIT + 1; i++) line!.respond(RESPONSE).catch(() => {});
    await settled();
    const closed = lines.close([line!], [{ fault: { code: 'INTERNAL', message: 'thrown' } }]);
    lines[goOn](0);
    lines[goOn](0);
    await closed;
    assert.equal(log.length, goOn === 'grant' ? RESPONSE_CREDIT + 1 : RESPONSE_CREDIT);
  }
});
