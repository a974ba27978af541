// npm run bench -- [suite ...] [--json] [--rounds N] [--minutes N]
import { parseArgs } from 'node:util';
import { FIGURE_HEAD, type Figure, figureRow } from './figure.js';
import { drawSuite } from './draw-suite.js';
import { gallerySuite } from './gallery-suite.js';
import { graphSuite } from './graph-suite.js';
import { latencySuite } from './latency-suite.js';
import { peerSuite } from './peer-suite.js';
import { reportSuite } from './report-suite.js';
import { runSuite } from './run-suite.js';
import { serveSuite } from './serve-suite.js';
import { soakStreamsSuite } from './soak-streams-suite.js';
import { trackingSuite } from './tracking-suite.js';
import { watchSuite } from './watch-suite.js';

/** How often, or for how long, a suite measures; its own choice when absent. */
interface SuiteOptions {
  readonly rounds: number | undefined;
  readonly minutes: number | undefined;
}

type Suite = (options: SuiteOptions) => AsyncIterable<Figure>;

const SUITES: Readonly<Record<string, Suite>> = {
  run: runSuite,
  watch: watchSuite,
  draw: drawSuite,
  tracking: trackingSuite,
  report: reportSuite,
  graph: graphSuite,
  gallery: gallerySuite,
  peer: peerSuite,
  latency: latencySuite,
  serve: serveSuite,
  'soak-streams': soakStreamsSuite,
};

/** Those that run for long, or need what is not here, only when they are named. */
const ON_REQUEST: ReadonlySet<string> = new Set(['peer', 'latency', 'soak-streams', 'gallery']);

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string' }, minutes: { type: 'string' } },
});
const { json } = values;
const numberOf = (value: string | undefined): number | undefined => (value === undefined ? undefined : Number(value));
const options: SuiteOptions = { rounds: numberOf(values.rounds), minutes: numberOf(values.minutes) };
const unknown = wanted.find((name) => !(name in SUITES));
if (unknown) {
  console.error(`no suite "${unknown}"; there are: ${Object.keys(SUITES).join(', ')}`);
  process.exit(64);
}
if (!json) console.log(FIGURE_HEAD);
for (const name of wanted.length ? wanted : Object.keys(SUITES).filter((suite) => !ON_REQUEST.has(suite)))
  for await (const figure of SUITES[name]!(options)) console.log(json ? JSON.stringify(figure) : figureRow(figure));
