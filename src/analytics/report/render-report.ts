import { createHash } from 'node:crypto';
import { headline } from './headline.js';
import { type Markup, html, trusted } from './markup.js';
import type { RunReport } from './run-report.js';
import { filesSection, footer, noticesSection, planSection } from './run-sections.js';
import { streamSections } from './stream-sections.js';
import { STYLE } from './style.js';
import { summarySection } from './summary-section.js';

/** What the page may load: pictures that it carries itself and the one style block, known by its hash. No scripts, no fonts, no network. */
const policy = (style: string): string =>
  `default-src 'none'; img-src data:; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`;

function page(report: RunReport, style: string, body: Markup): Markup {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy(style)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="generator" content="Ocellus ${report.version}" />
        <title>${headline(report)} · ${report.title}</title>
        ${trusted(`<style>${style}</style>`)}
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html> `;
}

/**
 * The report of a run as one HTML file, UTF-8: it carries its pictures and plots (SVG) itself, loads nothing, runs no script, follows the
 * reader's light or dark theme, and can be printed. Every text of `report` is escaped. Links lead to the produced files beside it.
 */
export function renderReport(report: RunReport): string {
  const streams = report.streams.map((stream, n) => streamSections(stream, n, report.streams.length > 1));
  const style = STYLE + streams.map(({ css }) => css).join('');
  const body = html`${summarySection(report)} ${noticesSection(report)} ${streams.map(({ markup }) => markup)} ${planSection(report)}
  ${filesSection(report)} ${footer(report)}`;
  return page(report, style, body).text;
}
