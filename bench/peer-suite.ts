import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { detectRun } from './detect-run.js';
import { type Figure, median } from './figure.js';
import { modelPath } from './models.js';
import { streetClips } from './street-clips.js';

const SCRIPT = resolve(import.meta.dirname, 'peers/stream_infer_offline.py');

/** The same networks on both sides. */
const MODELS = [
  { model: 'yolox-nano', kind: 'yolox' },
  { model: 'person-vehicle-bike-2000', kind: 'ssd' },
] as const;

/** Threads of onnxruntime; 0 is its own choice. */
const THREADS = [0, 1, 2] as const;

/** Least confidence on both sides. */
const CONFIDENCE = 0.3;

/** What the peer's script prints. */
interface PeerRun {
  readonly frames: number;
  readonly objects: number;
  readonly seconds: number;
  readonly versions: Readonly<Record<string, string>>;
}

/** A Python that has what the script needs, or why there is none. */
function findPython(): { readonly python: string } | { readonly why: string } {
  const python = process.env['OCELLUS_BENCH_PYTHON'];
  if (!python)
    return { why: 'OCELLUS_BENCH_PYTHON names no Python; make one with: pip install stream-infer==0.6.7 opencv-python-headless onnxruntime' };
  const { status, stderr } = spawnSync(python, ['-c', 'import stream_infer, cv2, onnxruntime'], { encoding: 'utf8' });
  return status === 0 ? { python } : { why: `${python} lacks something: ${stderr?.trim().split('\n').at(-1) ?? 'it does not start'}` };
}

/** numpy's own choice of kernels: variables that bend it would hold the peer back. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { OPENBLAS_CORETYPE: _, OPENBLAS_L2_SIZE: __, ...rest } = process.env;
  return rest;
}

function peerRun(python: string, clip: string, path: string, kind: string, threads: number, out: string): PeerRun {
  const args = [SCRIPT, clip, path, '--kind', kind, '--threads', String(threads), '--confidence', String(CONFIDENCE), '--out', out];
  return JSON.parse(execFileSync(python, args, { encoding: 'utf8', env: plainEnvironment() })) as PeerRun;
}

const listed = (values: readonly number[]): string => values.map((value) => value.toFixed(2)).join(' ');

/** One model on both sides, in turn: theirs in each layout of threads, then ours. The best layout of a round counts. */
async function compare(python: string, { model, kind }: (typeof MODELS)[number], rounds: number, folder: string): Promise<Figure[]> {
  const [clip] = streetClips(1);
  const path = await modelPath(model);
  const played: { theirs: number[]; ours: number }[] = [];
  let versions: PeerRun['versions'] = {};
  let objects = [0, 0];
  await detectRun(clip!, model);
  for (let round = 0; round < rounds; round++) {
    const runs = THREADS.map((threads) => peerRun(python, clip!, path, kind, threads, join(folder, 'theirs.jsonl')));
    const ours = await detectRun(clip!, model, { confidence: CONFIDENCE });
    played.push({ theirs: runs.map(({ frames, seconds }) => frames / seconds), ours: ours.fps });
    versions = runs[0]!.versions;
    objects = [runs[0]!.objects, ours.objects];
  }
  const ratios = played.map(({ theirs, ours }) => ours / Math.max(...theirs));
  const ratio = median(ratios);
  const byThreads = THREADS.map((threads, at) => `${threads || 'own choice'}: ${median(played.map(({ theirs }) => theirs[at]!)).toFixed(0)}`);
  const what = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    {
      suite: 'peer',
      name: `Stream Infer offline, ${model}, one 720p stream`,
      value: median(played.map(({ theirs }) => Math.max(...theirs))),
      unit: 'fps',
      note: `${what.join(', ')}; threads of onnxruntime ${byThreads.join(', ')}`,
    },
    {
      suite: 'peer',
      name: `ours, ${model}, one 720p stream`,
      value: median(played.map(({ ours }) => ours)),
      unit: 'fps',
      ratio,
      target: '>= 1.3',
      ok: ratio >= 1.3,
      note: `over theirs at its best; rounds: ${listed(ratios)}; objects theirs ${objects[0]}, ours ${objects[1]}`,
    },
  ];
}

/** Ours beside Stream Infer: the same clip, network and results file; needs a Python with the peer, named by OCELLUS_BENCH_PYTHON. */
export async function* peerSuite({ rounds = 5 }: { readonly rounds?: number | undefined } = {}): AsyncGenerator<Figure> {
  const found = findPython();
  if ('why' in found) {
    yield { suite: 'peer', name: 'skipped', value: 0, unit: 'rounds', note: found.why };
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-peer-'));
  try {
    for (const model of MODELS) yield* await compare(found.python, model, rounds, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}
