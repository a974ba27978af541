import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = [
  process.env['OCELLUS_CHROMIUM'],
  chromium.executablePath(),
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** A Chromium of this machine; undefined where there is none. `OCELLUS_CHROMIUM` names another. */
export const chromiumPath = (): string | undefined => PLACES.find((path) => path !== undefined && existsSync(path));

/** Options for `test()`: skips with a message where there is no browser. */
export const needsChromium = (): { skip: string | false } => ({
  skip: chromiumPath() === undefined ? 'needs Chromium; set OCELLUS_CHROMIUM to its path' : false,
});

/** Starts it without a window. */
export const openBrowser = (): Promise<Browser> => chromium.launch({ executablePath: chromiumPath()!, args: ['--no-sandbox'] });
