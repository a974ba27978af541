import { createHash } from 'node:crypto';

const STYLE = `
:root { color-scheme: light dark; --ground: #f6f6f3; --card: #fff; --ink: #1b1d21; --faint: #5d636d; --edge: #dcdcd6; --on: #1c7c3c; --wait: #8a5a00; --off: #6b7079; }
@media (prefers-color-scheme: dark) { :root { --ground: #0e1013; --card: #171a1f; --ink: #eceef1; --faint: #a0a7b1; --edge: #2a2f37; --on: #5fd38a; --wait: #e0b04a; --off: #969da8; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 16px; background: var(--ground); color: var(--ink); font: 15px/1.4 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; gap: 2px 12px; align-items: baseline; margin: 0 0 12px; }
h1 { font-size: 18px; margin: 0; overflow-wrap: anywhere; }
#told { color: var(--faint); }
main { display: grid; gap: 12px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); align-items: start; }
main.one { grid-template-columns: minmax(0, 1280px); justify-content: center; }
figure { margin: 0; background: var(--card); border: 1px solid var(--edge); border-radius: 8px; overflow: hidden; }
figure.wall { grid-column: 1 / -1; }
.picture { position: relative; display: block; aspect-ratio: 16 / 9; background: #14171b; color: #c6cbd3; }
.picture img { display: block; width: 100%; height: 100%; object-fit: contain; }
.picture img[hidden] { display: none; }
.picture span { position: absolute; inset: 0; display: grid; place-items: center; }
.picture.seen span { display: none; }
figure.ended img { opacity: 0.55; }
figcaption { display: flex; justify-content: space-between; gap: 8px; padding: 8px 12px; }
figcaption b { font-weight: 600; overflow-wrap: anywhere; }
.state { color: var(--wait); white-space: nowrap; }
.running .state { color: var(--on); }
.ended .state { color: var(--off); }
`;

const SCRIPT = `
const main = document.querySelector('main');
const told = document.querySelector('#told');
const words = { waiting: 'waiting', running: 'live', ended: 'ended' };
const figures = new Map();
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const visible = () => document.hidden ? new Promise((resolve) => document.addEventListener('visibilitychange', resolve, { once: true })) : undefined;

function figureOf({ name, wall, width, height }) {
  const figure = document.createElement('figure');
  figure.innerHTML = '<a class="picture"><img alt="" hidden><span>waiting for pictures</span></a><figcaption><b></b><span class="state"></span></figcaption>';
  figure.classList.toggle('wall', wall);
  figure.querySelector('b').textContent = wall ? 'all streams' : name;
  const link = figure.querySelector('a');
  link.href = name + '.mjpeg';
  link.title = 'the picture alone';
  link.style.aspectRatio = width + ' / ' + height;
  figure.querySelector('img').alt = wall ? 'all streams in one picture' : 'the newest picture of ' + name;
  main.append(figure);
  return figure;
}

async function show(figure, name, everyMs) {
  const image = figure.querySelector('img');
  let [tag, shown] = ['', ''];
  for (;;) {
    await visible();
    const startMs = performance.now();
    try {
      const answer = await fetch(name + '.jpg', { cache: 'no-store', headers: tag ? { 'If-None-Match': tag } : {} });
      if (answer.status === 200) {
        tag = answer.headers.get('ETag') ?? '';
        const url = URL.createObjectURL(await answer.blob());
        image.src = url;
        await image.decode();
        if (shown) URL.revokeObjectURL(shown);
        shown = url;
        image.hidden = false;
        figure.querySelector('.picture').classList.add('seen');
      } else if (answer.status !== 304) await sleep(500);
    } catch {
      await sleep(1000);
    }
    await sleep(Math.max(0, everyMs - (performance.now() - startMs)));
  }
}

for (;;) {
  try {
    const { streams, everyMs } = await (await fetch('streams.json', { cache: 'no-store' })).json();
    for (const stream of streams) {
      if (!figures.has(stream.name)) {
        const figure = figureOf(stream);
        figures.set(stream.name, figure);
        void show(figure, stream.name, everyMs);
      }
      const figure = figures.get(stream.name);
      if (!stream.wall) figure.classList.toggle('running', stream.state === 'running');
      figure.classList.toggle('ended', stream.state === 'ended' && !stream.wall);
      figure.querySelector('.state').textContent = stream.wall ? '' : words[stream.state];
    }
    main.classList.toggle('one', streams.length === 1);
    const running = streams.filter(({ wall, state }) => !wall && state === 'running').length;
    const all = streams.filter(({ wall }) => !wall).length;
    told.textContent = all === 0 ? '' : running + ' of ' + all + (all === 1 ? ' stream' : ' streams') + ' live';
  } catch {
    told.textContent = 'the run is over, or out of reach';
    for (const figure of figures.values()) figure.classList.remove('running');
  }
  await visible();
  await sleep(1000);
}
`;

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** What the page may do: show its own pictures, and nothing else. */
export const LIVE_PAGE_POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE)}`,
  `script-src ${hashOf(SCRIPT)}`,
  "img-src 'self' blob: data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ');

const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/**
 * The page that shows what is running. It asks for one picture after another, each when it has shown the one before, and for none while nobody
 * sees it: a browser keeps no more than six connections to a server, which endless pictures of seven streams would use up.
 */
export const livePage = (title: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<header><h1>${escaped(title)}</h1><span id="told" role="status"></span></header>
<main></main>
<noscript>This page needs JavaScript; each picture is also at its stream's name followed by .mjpeg.</noscript>
<script type="module">${SCRIPT}</script>
</body>
</html>
`;
