import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import type { Size } from 'ocellus/core';
import { renderReport } from '../dist/analytics/index.js';
import { exampleReport } from '../dist/analytics/report/example-report.js';
import { chromiumPath, openBrowser } from '../test/browser.js';
import { type Figure, median } from './figure.js';

const ROUNDS = 7;
const MINUTES = 20;

/** JPEGs as heavy for the browser as photographs, made by the browser itself. */
async function photographs(browser: Browser, sizes: readonly Size[]): Promise<Buffer[]> {
  const page = await browser.newPage();
  await page.addInitScript({ path: fileURLToPath(new URL('photograph.mjs', import.meta.url)) });
  await page.goto('about:blank');
  const made = await Promise.all(sizes.map(({ width, height }) => page.evaluate<string>(`photograph(${width}, ${height})`)));
  await page.close();
  return made.map((url) => Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'));
}

/** Milliseconds from opening the file to the first content on the screen, in a context that has cached nothing. */
async function firstPictureMs(browser: Browser, file: string, width: number): Promise<number> {
  const context = await browser.newContext({ viewport: { width, height: 844 } });
  const page = await context.newPage();
  await page.goto(pathToFileURL(file).href);
  const paint = await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime);
  const ms = await paint.jsonValue();
  await context.close();
  return ms!;
}

/** A report of 20 minutes of video with 12 best shots of 320 px and a scene of 1280 x 720: how long until a reader sees something. */
export async function* reportSuite(): AsyncGenerator<Figure> {
  const suite = 'report';
  if (chromiumPath() === undefined) {
    console.error('suite report needs Chromium; set OCELLUS_CHROMIUM to its path');
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-report-'));
  const browser = await openBrowser();
  try {
    const [scene, shot] = await photographs(browser, [
      { width: 1280, height: 720 },
      { width: 214, height: 320 },
    ]);
    const report = exampleReport({ minutes: MINUTES, jpeg: ({ width }) => (width > 400 ? scene! : shot!) });
    const rendering: number[] = [];
    const file = join(folder, 'report.html');
    for (let round = 0; round < ROUNDS; round++) {
      const start = performance.now();
      const page = renderReport(report);
      rendering.push(performance.now() - start);
      await writeFile(file, page);
    }
    const { size } = await stat(file);
    const note = `${MINUTES} minutes, ${report.streams[0]!.shots.length} best shots, Chromium ${browser.version()}, median of ${ROUNDS}`;
    for (const [name, width] of [
      ['phone', 390],
      ['desktop', 1280],
    ] as const) {
      const paints: number[] = [];
      for (let round = 0; round < ROUNDS; round++) paints.push(await firstPictureMs(browser, file, width));
      const value = median(paints);
      const spread = `${Math.min(...paints).toFixed(0)} to ${Math.max(...paints).toFixed(0)}`;
      yield { suite, name: `first picture of the report, ${name}`, value, unit: 'ms', target: '< 500', ok: value < 500, note: `${note}: ${spread}` };
    }
    yield { suite, name: 'size of the report', value: size / 1000, unit: 'kB', note };
    yield { suite, name: 'making the report', value: median(rendering), unit: 'ms', note };
  } finally {
    await browser.close();
    await rm(folder, { recursive: true });
  }
}
