// npm run bench -- [suite ...] [--json]
import { FIGURE_HEAD, type Figure, figureRow } from './figure.js';
import { drawSuite } from './draw-suite.js';
import { reportSuite } from './report-suite.js';
import { runSuite } from './run-suite.js';
import { trackingSuite } from './tracking-suite.js';
import { watchSuite } from './watch-suite.js';

const SUITES: Readonly<Record<string, () => AsyncIterable<Figure>>> = {
  run: runSuite,
  watch: watchSuite,
  draw: drawSuite,
  tracking: trackingSuite,
  report: reportSuite,
};

const args = process.argv.slice(2);
const json = args.includes('--json');
const wanted = args.filter((arg) => !arg.startsWith('--'));
const unknown = wanted.find((name) => !(name in SUITES));
if (unknown) {
  console.error(`no suite "${unknown}"; there are: ${Object.keys(SUITES).join(', ')}`);
  process.exit(64);
}
if (!json) console.log(FIGURE_HEAD);
for (const name of wanted.length ? wanted : Object.keys(SUITES))
  for await (const figure of SUITES[name]!()) console.log(json ? JSON.stringify(figure) : figureRow(figure));
