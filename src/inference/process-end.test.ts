import { workerEnvironment } from '../core/index.js';
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { OnnxGraph } from '../models/convert.js';

/** Large enough that a run takes a tenth of a second or more on any machine. */
const SIDE = 1024;
const FACTORS = 4;

let folder: string;
let slow: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-end-'));
  slow = join(folder, 'slow.onnx');
  const graph = new OnnxGraph('slow');
  let x = graph.input('input', 'FP32', [SIDE, SIDE]);
  for (let i = 1; i <= FACTORS; i++) x = graph.node('MatMul', [x, x], {}, i === FACTORS ? 'output' : undefined);
  graph.output(x, 'FP32', [SIDE, SIDE]);
  await writeFile(slow, graph.toBytes());
});
after(() => rm(folder, { recursive: true }));

interface End {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(script: string): ChildProcess {
  const engine = new URL('./index.js', import.meta.url).href;
  const prelude = `
    import { createEngine } from ${JSON.stringify(engine)};
    const engine = createEngine({ log: { debug: (_, { where }) => console.log(where), info() {}, warn() {}, error() {} } });
    const fake = (script) => ({ name: 'fake', weights: { runtime: 'fake', path: 'fake:add?shape=-1,4&' + script } });
    const slow = { name: 'slow', weights: { runtime: 'onnx', path: ${JSON.stringify(slow)} } };
    const ones = (...shape) => ({ inputs: [{ name: 'input', datatype: 'FP32', shape, data: new Float32Array(shape[0] * shape[1]) }], answer: 'tensors' });
  `;
  return spawn(process.execPath, ['--input-type=module', '-e', prelude + script], { env: workerEnvironment() });
}

async function endOf(child: ChildProcess): Promise<End> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (text: Buffer) => (stdout += text.toString()));
  child.stderr?.on('data', (text: Buffer) => (stderr += text.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { code, signal, stdout, stderr };
}

for (const placement of ['inline', 'thread', 'process'])
  test(`a program that forgets to unload ends by itself, once it has its answers (${placement})`, async () => {
    const { code, signal, stdout, stderr } = await endOf(
      start(`
        const model = await engine.load(slow, { placement: '${placement}', instances: 1 });
        model.infer(ones(${SIDE}, ${SIDE})).then(({ outputs }) => console.log('answered', outputs[0].shape.join()));
      `),
    );
    assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: '' });
    assert.match(stdout, new RegExp(`answered ${SIDE},${SIDE}`));
  });

for (const [how, statement, wanted] of [
  ['exits', 'process.exit(3)', 3],
  ['fails', 'setTimeout(() => { throw new Error("defect") })', 1],
] as const)
  test(`a program that ${how} in the middle of native runs in threads is not aborted`, async () => {
    const { code, signal, stderr } = await endOf(
      start(`
        const model = await engine.load(slow, { placement: 'thread', instances: 2 });
        for (let i = 0; i < 4; i++) model.infer(ones(${SIDE}, ${SIDE})).catch(() => {});
        setTimeout(() => { ${statement} }, 40);
      `),
    );
    assert.deepEqual({ code, signal }, { code: wanted, signal: null }, stderr);
  });

test('a program that exits while a model is still opening is not aborted', async () => {
  const { code, signal, stderr } = await endOf(
    start(`engine.load(slow, { placement: 'thread', instances: 2 }).catch(() => {}); setTimeout(() => process.exit(3), 120);`),
  );
  assert.deepEqual({ code, signal, stderr }, { code: 3, signal: null, stderr: '' });
});

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

for (const behaviour of ['hangOn=1', 'spinOn=1'])
  test(`a child process does not outlive a parent that is killed, not even in mid-run (${behaviour})`, async () => {
    const parent = start(`
      const model = await engine.load(fake('${behaviour}'), { placement: 'process', instances: 1 });
      model.infer(ones(1, 4)).catch(() => {});
      setTimeout(() => console.log('asked'), 50);
    `);
    let said = '';
    for await (const text of parent.stdout!) {
      said += String(text);
      if (said.includes('asked')) break;
    }
    const pid = Number(/process (\d+)/.exec(said)?.[1]);
    assert.equal(isAlive(pid), true);
    parent.kill('SIGKILL');
    for (let i = 0; i < 200 && isAlive(pid); i++) await sleep(25);
    assert.equal(isAlive(pid), false);
  });
