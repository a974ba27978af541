import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { type Frame, NULL_LOG } from '../dist/core/index.js';
import { createMedia, type VideoSource } from '../dist/media/index.js';
import { FrameResult, LiveOutputConfig } from '../dist/pipeline/index.js';
import { openLiveOutput } from '../dist/pipeline/outputs/live/live-output.js';
import type { Output } from '../dist/pipeline/outputs/port.js';
import { chromiumPath, needsChromium, openBrowser } from './browser.js';
import { ROOT } from './source.js';

const NAMES = ['gate', 'yard', 'a-street-with-a-very-long-name-that-does-not-break', 'hall', 'dock', 'roof', 'stairs', 'lift'];

let browser: Browser | undefined;
let output: Output | undefined;
const sources: VideoSource[] = [];
const players: Promise<void>[] = [];
let playing = true;

/** Plays the frames of a scene with its own truth as what was found, some at a time, until the test is over. */
async function play(name: string, source: VideoSource, count = Infinity): Promise<void> {
  const found = (source as VideoSource & { truth(n: number): readonly { id: number; label: string; box: Frame['size'] & object }[] }).truth;
  for await (const frame of source.frames()) {
    const { number, pts, size } = frame;
    const objects = found(number).map(({ id, label, box }) => ({
      id,
      node: 'd',
      label,
      classId: 0,
      confidence: 1,
      trackId: id,
      attributes: [],
      box,
    }));
    const meta = { stream: name, frame: number, pts, size, inferred: {}, objects } as unknown as FrameResult['meta'];
    const result = new FrameResult(frame, meta, { objects: () => [], answers: () => [] });
    await output!.write(result);
    frame.close();
    if (!playing || number + 1 >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}

before(async () => {
  if (chromiumPath() === undefined) return;
  const media = createMedia();
  const config = LiveOutputConfig.parse({ live: '127.0.0.1:0', tiles: { size: { width: 960, height: 540 } }, frameRate: 5 });
  output = await openLiveOutput('view', config, { media, log: NULL_LOG, followed: [] });
  for (const [i, name] of NAMES.entries()) {
    const source = await media.open(`synthetic:?width=640&height=360&frames=endless&seed=${i + 1}`, { stream: name });
    sources.push(source);
    await output.addStream(name, source);
    // One never brings a picture.
    if (name !== 'lift') players.push(play(name, source, name === 'roof' ? 3 : Infinity).then(() => output!.endStream(name)));
  }
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  playing = false;
  await Promise.all(players);
  await output?.[Symbol.asyncDispose]();
  for (const source of sources) await source[Symbol.asyncDispose]();
});

/** Waits for a condition of the page; the page's own policy forbids Playwright's way, which evaluates text there. */
async function until(page: Page, condition: string): Promise<void> {
  while (!(await page.evaluate<boolean>(condition))) await new Promise((resolve) => setTimeout(resolve, 50));
}

interface View {
  readonly width: number;
  readonly colorScheme: 'light' | 'dark';
}

async function open({ width, colorScheme }: View): Promise<{ page: Page; complaints: string[]; foreign: string[] }> {
  const page = await browser!.newPage({ viewport: { width, height: 900 }, colorScheme });
  const complaints: string[] = [];
  const foreign: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!/^(?:blob|data):/.test(request.url()) && !request.url().startsWith(output!.address!)) foreign.push(request.url());
  });
  await page.addInitScript({ path: join(ROOT, 'test/report-probe.mjs') });
  await page.goto(output!.address!);
  await until(page, 'document.querySelectorAll("a.picture.seen").length >= 8 && document.querySelectorAll("figure.ended").length === 1');
  return { page, complaints, foreign };
}

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [360, 768, 1280])
    test(
      `the live page at ${width} px, ${colorScheme}: every stream is seen, nothing is wider than the screen, no faint text`,
      needsChromium(),
      async () => {
        const { page, complaints, foreign } = await open({ width, colorScheme });
        assert.deepEqual(foreign, []);
        // A stream without a picture yet is answered with 503, which Chromium notes.
        assert.deepEqual(complaints.filter((text) => !text.includes('503')), []); // prettier-ignore
        const wide = await page.evaluate<number>('reportProbe.overflow()');
        assert.ok(wide <= 0, `${wide} px too wide`);
        assert.deepEqual(await page.evaluate('reportProbe.faintTexts()'), []);
        assert.equal(await page.locator('figure').count(), NAMES.length + 1);
        assert.equal(await page.locator('figure.ended').count(), 1);
        await page.close();
      },
    );

test('pictures go on: each is another after a while', needsChromium(), async () => {
  const { page } = await open({ width: 1280, colorScheme: 'dark' });
  const shown = (): Promise<string> => page.evaluate<string>('document.querySelectorAll("img")[1].src');
  const first = await shown();
  await until(page, `document.querySelectorAll("img")[1].src !== ${JSON.stringify(first)}`);
  await page.close();
});

test('a browser shows the endless answer as a picture', needsChromium(), async () => {
  const page = await browser!.newPage();
  await page.goto(output!.address!);
  await page.evaluate('document.body.append(Object.assign(new Image(), { id: "endless", src: "gate.mjpeg" }))');
  await until(page, 'document.querySelector("#endless").naturalWidth === 640');
  await page.close();
});

test('a page that is open when the run ends says so, and the server is gone within a second', needsChromium(), async () => {
  const { page } = await open({ width: 1280, colorScheme: 'light' });
  const startMs = performance.now();
  await output!.finish({ elapsedMs: 0, interrupted: false, files: [], timings: [] });
  assert.ok(performance.now() - startMs < 1000);
  await until(page, 'document.querySelector("#told").textContent.includes("over")');
  await page.close();
});
