import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { renderReport } from '../dist/analytics/index.js';
import { exampleReport } from '../dist/analytics/report/example-report.js';
import { chromiumPath, needsChromium, openBrowser } from './browser.js';
import { ROOT } from './source.js';

let folder = '';
let file = '';
let browser: Browser | undefined;
before(async () => {
  if (chromiumPath() === undefined) return;
  folder = await mkdtemp(join(tmpdir(), 'ocellus-report-'));
  file = join(folder, 'report.html');
  const report = exampleReport({ minutes: 3 });
  const endless = 'a-name-without-any-place-to-break-'.repeat(8);
  const streams = report.streams.map((stream) => ({
    ...stream,
    source: { ...stream.source, uri: endless },
    lines: [{ ...stream.lines[0]!, name: endless }, ...stream.lines],
  }));
  await writeFile(file, renderReport({ ...report, streams, files: [...report.files, { path: `${endless}.csv`, holds: endless }] }));
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  if (folder) await rm(folder, { recursive: true });
});

interface View {
  readonly width: number;
  readonly colorScheme: 'light' | 'dark';
}

/** Opens the report and answers what the browser complained of and asked for. */
async function open({ width, colorScheme }: View): Promise<{ page: Page; complaints: string[]; requests: string[] }> {
  const page = await browser!.newPage({ viewport: { width, height: 800 }, colorScheme });
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => requests.push(request.url()));
  await page.addInitScript({ path: join(ROOT, 'test/report-probe.mjs') });
  await page.goto(pathToFileURL(file).href);
  return { page, complaints, requests };
}

const probe = <T>(page: Page, question: string): Promise<T> => page.evaluate<T>(`reportProbe.${question}()`);

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [360, 390, 768, 1280])
    test(
      `the report at ${width} px, ${colorScheme}: no complaint, no request, nothing wider than the screen, no faint text`,
      needsChromium(),
      async () => {
        const { page, complaints, requests } = await open({ width, colorScheme });
        assert.deepEqual(complaints, []);
        assert.deepEqual(
          requests.filter((url) => !url.startsWith('data:')),
          [pathToFileURL(file).href],
        );
        const wide = await probe<number>(page, 'overflow');
        assert.ok(wide <= 0, `${wide} px too wide`);
        assert.equal(await probe(page, 'ground'), colorScheme === 'light' ? 'rgb(246, 246, 243)' : 'rgb(14, 16, 19)');
        assert.equal(await probe(page, 'plots'), 2, 'each plot is shown at one of its widths');
        assert.deepEqual(await probe(page, 'faintTexts'), []);
        await page.close();
      },
    );

test('text in plots is large enough to read on a phone', needsChromium(), async () => {
  const { page } = await open({ width: 360, colorScheme: 'light' });
  const heights = await probe<number[]>(page, 'textHeights');
  assert.ok(heights.length > 10);
  assert.ok(Math.min(...heights) >= 10, `${Math.min(...heights)} px`);
  await page.close();
});

test('every picture of the report is one', needsChromium(), async () => {
  const { page } = await open({ width: 390, colorScheme: 'dark' });
  assert.equal(await probe(page, 'brokenPictures'), 0);
  await page.close();
});

test('on paper it is light, whatever the screen', needsChromium(), async () => {
  const { page } = await open({ width: 1280, colorScheme: 'dark' });
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  assert.equal(await probe(page, 'ground'), 'rgb(255, 255, 255)');
  assert.deepEqual(await probe(page, 'faintTexts'), []);
  await page.close();
});
