// tsx bench/face-thresholds.ts [--detector NAME] [--embedding NAME]: false accepts and false rejects by threshold, as a table.
import { parseArgs } from 'node:util';
import { openFaceRecognizer } from 'ocellus/faces';
import { createEngine } from 'ocellus/inference';
import { createZoo } from 'ocellus/models';
import { asset } from '../dist/testing/assets.js';
import { gather } from './faces/gather.js';
import { type Rate, pairsOf, rateAt } from './faces/pairs.js';

const { values } = parseArgs({
  options: { detector: { type: 'string', default: 'ultraface' }, embedding: { type: 'string', default: 'fr-feature' } },
});
await using engine = createEngine();
const models = createZoo({ mirror: asset('models') });
await using recognizer = await openFaceRecognizer({ engine, models, settings: { detector: values.detector, embedding: values.embedding } });

const samples = await gather(recognizer);
const { same, sameClip, other } = pairsOf(samples);
const part = (rate: number): string => `${(rate * 100).toFixed(2)} %`;
const cell = ({ hits, of, low, high }: Rate): string => `${hits} of ${of} (${part(low)} to ${part(high)})`;

console.log(`${values.detector}, ${values.embedding}: ${samples.length} faces; ${same.length} pairs of one person in two places, `);
console.log(`${sameClip.length} of one person in one clip, ${other.length} of two people. In brackets: 95 % confidence.\n`);
console.log('| Greatest distance | Two people taken for one | One person in two places not known | One person in one clip not known |');
console.log('| --- | --- | --- | --- |');
for (let at = 0.3; at < 0.825; at += 0.05)
  console.log(
    `| ${at.toFixed(2)} | ${cell(rateAt(other, at, 'accepts'))} | ${cell(rateAt(same, at, 'rejects'))} | ${cell(rateAt(sameClip, at, 'rejects'))} |`,
  );

const nearest = other.toSorted((a, b) => a.distance - b.distance).slice(0, 5);
const named = ({ a, b }: { readonly a: number; readonly b: number }): string =>
  [a, b]
    .map((at) => `${samples[at]!.origin} frame ${samples[at]!.frame}, eyes ${samples[at]!.face.quality.eyeDistance.toFixed(0)} px apart`)
    .join(' and ');
console.log('\nThe nearest of two people:');
for (const pair of nearest) console.log(`- ${pair.distance.toFixed(3)}: ${named(pair)}`);
const farthest = same.toSorted((a, b) => b.distance - a.distance).slice(0, 3);
console.log('\nThe farthest of one person in two places:');
for (const pair of farthest) console.log(`- ${pair.distance.toFixed(3)}: ${named(pair)}`);
