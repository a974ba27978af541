import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { serve, type Serving } from 'ocellus/serving';
import { z } from 'zod';
import { metricsText } from '../dist/serving/metrics/metrics-text.js';
import { command, deployText, deployYaml, said, TEMPLATES } from './deployment.js';
import { ROOT } from './source.js';

interface Service {
  readonly image: string;
  readonly profiles?: readonly string[];
  readonly command: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: readonly string[];
  readonly stop_grace_period?: string;
  readonly restart?: string;
  readonly read_only: boolean;
  readonly healthcheck?: { readonly test?: readonly string[] };
}

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
const { services } = deployYaml('compose.yaml') as { services: Readonly<Record<string, Service>> };
const values = deployYaml('helm/ocellus/values.yaml') as {
  readonly autoscaling: { readonly metric: string };
  readonly server: { readonly replicas: number };
};
const dockerfile = deployText('Dockerfile').replaceAll('\\\n', ' ');
/** The words of an instruction in JSON. */
const instruction = (name: string): string[] => JSON.parse(new RegExp(`^ *${name} (\\[.*\\])$`, 'm').exec(dockerfile)![1]!) as string[];
/** Ports of the front ends where no flag names them. */
const PORTS = ['httpPort', 'grpcPort', 'metricsPort'].map((name) => command('serve').opts()[name] as number);

let folder = '';
let serving: Serving;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ocellus-deploy-'));
  serving = await serve({ repositories: [folder], http: { port: 0 }, grpc: false, metrics: false });
});

after(async () => {
  await serving[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

test('the image: what it runs, its ports, its user, its version', () => {
  assert.deepEqual(instruction('ENTRYPOINT'), ['ocellus']);
  const { command: name, flags } = said(instruction('CMD'));
  assert.deepEqual([name, flags['httpAddress'], flags['grpcAddress']], ['serve', '0.0.0.0', '0.0.0.0']);
  assert.deepEqual(/^EXPOSE (.*)$/m.exec(dockerfile)![1]!.split(' ').map(Number), PORTS);
  assert.match(dockerfile, /^USER [1-9]\d*:[1-9]\d*$/m);
  assert.match(dockerfile, /npm install --ignore-scripts/);
  assert.ok(dockerfile.includes(`ARG PACKAGE=ocellus@${version}\n`));
});

test("the image's health check tells a server that is ready from one that drains", async () => {
  const [node, ...args] = instruction('HEALTHCHECK .* CMD');
  assert.equal(node, 'node');
  const there = args.map((arg) => arg.replace(':8000/', `:${serving.http!.port}/`));
  const check = (): Promise<unknown> => promisify(execFile)(process.execPath, there, { env: {} });
  await check();
  serving.server.drain();
  await assert.rejects(check(), { code: 1 });
});

test('Compose: a server alone unless a profile says more; a client and eye contact need no server', () => {
  const running = (...profiles: string[]): string[] =>
    Object.keys(services).filter((name) => services[name]!.profiles?.some((profile) => profiles.includes(profile)) ?? true);
  assert.deepEqual(running(), ['server']);
  assert.deepEqual(running('scale'), ['server', 'server-2', 'router']);
  assert.deepEqual(running('eye-contact'), ['server', 'eye-contact']);
  for (const alone of ['client', 'eye-contact', 'server']) assert.equal(services[alone]!.depends_on, undefined);
  assert.ok(services['client']!.command.includes('${OCELLUS_SERVER:-server:8001}'));
});

for (const [name, service] of Object.entries(services))
  test(`Compose: ${name} is a command line that is taken, published on loopback, with time to drain`, () => {
    const { command: ran, flags } = said(service.command);
    assert.equal(service.image, `\${OCELLUS_IMAGE:-ocellus:${version}}`);
    assert.equal(service.read_only, true);
    const published = (service.ports ?? []).map((port) => /^\$\{OCELLUS_BIND:-127\.0\.0\.1\}:\d+:(\d+)$/.exec(port)?.[1]);
    assert.ok(
      published.every((port) => PORTS.includes(Number(port))),
      String(service.ports),
    );
    if (ran === 'perf') return;
    assert.equal(flags[ran === 'eye-contact' ? 'host' : 'httpAddress'], '0.0.0.0');
    const needed = Number(flags['drainSecs'] ?? 0) + Number(flags['exitTimeoutSecs']);
    assert.ok(Number(/^(\d+)s$/.exec(service.stop_grace_period!)![1]) > needed, `${service.stop_grace_period} for ${needed} s`);
  });

test('Compose: no two services publish one port, and the router knows servers that are there', () => {
  const published = Object.values(services).flatMap(({ ports = [] }) => ports.map((port) => port.split(':').at(-2)));
  assert.equal(new Set(published).size, published.length);
  const servers = said(services['router']!.command).flags['server'] as string[];
  assert.deepEqual(servers, ['server:8001', 'server-2:8001']);
  assert.deepEqual([...services['router']!.depends_on!], ['server', 'server-2']);
});

test('Compose: eye contact is asked where it answers', () => {
  const [, , , script] = services['eye-contact']!.healthcheck!.test!;
  assert.match(script!, /:8000\/v1\/health\/ready'/);
  assert.match(readFileSync(join(ROOT, 'dist/services/eye-contact/nim-http.js'), 'utf8'), /'\/v1\/health\/ready'/);
});

test('Helm: every flag in the templates is one of the command', () => {
  const known = (name: string): string[] => command(name).options.map(({ long }) => long!);
  const used = (file: string): string[] => [...deployText(`helm/ocellus/templates/${file}`).matchAll(/- (--[\w-]+)=/g)].map(([, flag]) => flag!);
  const uses: readonly (readonly [string, string])[] = [
    ['servers.yaml', 'serve'],
    ['router.yaml', 'route'],
    ['_helpers.tpl', 'serve'],
    ['_helpers.tpl', 'route'],
  ];
  for (const [file, name] of uses) {
    const flags = used(file);
    assert.ok(flags.length >= 5, `${file} names ${flags.length} flags`);
    assert.deepEqual(
      flags.filter((flag) => !known(name).includes(flag)),
      [],
      file,
    );
  }
});

test('Helm: probes ask paths that are answered, and ports are those of the front ends', async () => {
  const text = TEMPLATES.map((name) => deployText(`helm/ocellus/templates/${name}`)).join('\n');
  const paths = new Set([...text.matchAll(/httpGet: \{ path: (\S+),/g)].map(([, path]) => path!));
  assert.deepEqual(paths, new Set(['/v2/health/live', '/v2/health/ready']));
  for (const path of paths) assert.notEqual((await fetch(`http://127.0.0.1:${serving.http!.port}${path}`)).status, 404);
  const ports = [...text.matchAll(/containerPort: (\d+)/g)].map(([, port]) => Number(port));
  assert.deepEqual(ports, PORTS);
});

test('Helm: the values are what their schema says, and it refuses what it does not know', () => {
  const schema = z.fromJSONSchema(JSON.parse(deployText('helm/ocellus/values.schema.json')) as Parameters<typeof z.fromJSONSchema>[0]);
  assert.deepEqual(schema.parse(values), values);
  assert.throws(() => schema.parse({ ...values, sever: {} }), /sever/);
  assert.throws(() => schema.parse({ ...values, server: { ...values.server, replicas: 'two' } }), /replicas/);
});

test('Helm: the autoscaler looks at a metric of the servers, under the name that the adapter gives it', () => {
  const { rules } = deployYaml('prometheus-adapter.yaml') as {
    rules: { custom: readonly [{ seriesQuery: string; name: { matches: string; as: string } }] };
  };
  const [{ seriesQuery, name }] = rules.custom;
  const [series] = /^\w+/.exec(seriesQuery)!;
  assert.match(metricsText([]), new RegExp(`^# TYPE ${series} counter$`, 'm'));
  assert.match(series, new RegExp(name.matches));
  assert.equal(values.autoscaling.metric, name.as);
});

test('Helm: the chart is of this version', () => {
  const chart = deployYaml('helm/ocellus/Chart.yaml') as { version: string; appVersion: string };
  assert.deepEqual([chart.version, chart.appVersion], [version, version]);
});
