/**
 * Colours by theme. Text on its ground has a contrast of at least 4.5 to 1 (WCAG 2.2, level AA); `in` and `out`, and the first
 * classes among themselves, differ in lightness too, so that colour-blind eyes and grey printers tell them apart.
 */
const LIGHT = `--ground:#f6f6f3;--card:#fff;--text:#17191d;--quiet:#5a616d;--rule:#e2e3de;--grid:#ecece8;--in:#0a62c4;--out:#b0500a;--loss:#b3261e;--warning:#8a5a00;
--c1:#0f766e;--c2:#7c3aed;--c3:#b7791f;--c4:#c02672;--c5:#3867d6;--c6:#6b7280`;
const DARK = `--ground:#0e1013;--card:#171a1f;--text:#e9ebee;--quiet:#9ba3ae;--rule:#2a2f37;--grid:#262b32;--in:#67b0ff;--out:#ffab61;--loss:#ff8a80;--warning:#ffd479;
--c1:#3fd0c0;--c2:#b99bff;--c3:#f0c05a;--c4:#ff8fc2;--c5:#8fb2ff;--c6:#9ca3af`;

const PAGE = `*{box-sizing:border-box}
html{color-scheme:light dark;-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--text);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
main{max-width:68rem;margin:0 auto;padding:clamp(1.25rem,4vw,3.5rem) clamp(1rem,4vw,2rem) 3rem}
h1{font-size:clamp(1.9rem,6.2vw,3.5rem);line-height:1.06;letter-spacing:-.028em;font-weight:680;margin:.5rem 0 1.1rem;max-width:20em;text-wrap:balance;overflow-wrap:break-word}
h2{font-size:clamp(1.3rem,3vw,1.6rem);letter-spacing:-.015em;line-height:1.2;font-weight:650;margin:3.25rem 0 1rem}
h2 .quiet{font-weight:400}
h3{font-size:1.05rem;margin:0;font-weight:650}
h4{font-size:.8rem;font-weight:500;color:var(--quiet);margin:0 0 .35rem}
p{margin:0}
.quiet,figcaption,caption{color:var(--quiet);font-size:.875rem}
.eyebrow{display:flex;flex-wrap:wrap;gap:.1rem 1rem;color:var(--quiet);font-size:.9rem}
.source{font-size:.95rem}
.source b{font-weight:600;margin-right:.4rem}
.source span{color:var(--quiet)}
.stopped{color:var(--warning);margin-bottom:.75rem}
.button{display:inline-block;margin-top:1.25rem;padding:.6rem 1.1rem;border-radius:999px;background:var(--text);color:var(--ground);text-decoration:none;font-weight:600;font-size:.95rem}
a{color:var(--in)}
a:focus-visible,summary:focus-visible{outline:3px solid var(--in);outline-offset:2px;border-radius:4px}
.in{color:var(--in)}.out{color:var(--out)}`;

const CARDS = `.card{background:var(--card);border:1px solid var(--rule);border-radius:14px;padding:1.1rem;margin:0 0 1rem}
.picture{padding:0;overflow:hidden}
.picture figcaption{padding:.7rem 1.1rem .8rem}
figure.card:not(.picture) figcaption{margin-bottom:.6rem}
figure.card:not(.picture)>div~figcaption{margin:.9rem 0 0}
.scroll{overflow-x:auto}
.pictures{display:grid;gap:1rem;max-width:44rem}.pictures .card{margin:0}
@media (min-width:900px){.pictures.of-2{grid-template-columns:1fr 1fr;max-width:none}}
.tiles{display:flex;flex-wrap:wrap;gap:1px;margin:2.25rem 0 0;background:var(--rule);border:1px solid var(--rule);border-radius:14px;overflow:hidden}
.tile{flex:1 1 9rem;background:var(--card);padding:1rem 1.1rem 1.05rem}
.tile dd{margin:0}
.tile .value{font-size:clamp(1.6rem,4.4vw,2.2rem);font-weight:650;letter-spacing:-.02em;line-height:1.15;font-variant-numeric:tabular-nums}
.tile dt{font-size:.9rem;color:var(--text)}
.tile .note{font-size:.8rem;color:var(--quiet)}
.tile.in .value{color:var(--in)}.tile.out .value{color:var(--out)}
.labels{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:1rem}
.labels .card{margin:0}
.facts{display:flex;flex-wrap:wrap;gap:.6rem 1.6rem;margin:.7rem 0 1.1rem}
.facts dt{font-size:.8rem;color:var(--quiet)}
.facts dd{margin:0;font-weight:600;font-variant-numeric:tabular-nums}
.minis{display:grid;grid-template-columns:1fr 1fr;gap:1.25rem}
.shots{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(min(9.3rem,44%),1fr));gap:.9rem}
.shots li{background:var(--card);border:1px solid var(--rule);border-radius:12px;overflow:hidden;break-inside:avoid}
.shots img{display:block;width:100%;height:auto;aspect-ratio:2/3;object-fit:cover;background:var(--ground)}
.level img{aspect-ratio:4/3}
.level .tall img,.upright .wide img{object-fit:contain}
.shots p{padding:.5rem .7rem .6rem;font-size:.85rem;line-height:1.35}
.shots b{display:block;font-weight:600}
.shots span{color:var(--quiet);font-variant-numeric:tabular-nums}
.notices,.files{list-style:none}
.notices li+li,.files li+li{border-top:1px solid var(--rule);margin-top:.7rem;padding-top:.7rem}
.notices b{margin-right:.35rem}
.loss b{color:var(--loss)}.warning b{color:var(--warning)}
.files span{color:var(--quiet);font-size:.9rem;display:block}
footer{margin-top:3.5rem;color:var(--quiet);font-size:.9rem}
pre{margin:.5rem 0 0;padding:.9rem 1.1rem;background:var(--card);border:1px solid var(--rule);border-radius:12px;color:var(--text);white-space:pre-wrap;font:.85rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}`;

const PLOTS = `svg{display:block;width:100%;height:auto}
.at-small,.at-medium,.at-large{display:none}
@media (max-width:599.98px){.at-small{display:block}.minis{grid-template-columns:1fr}.tag span{display:none}}
@media (min-width:600px) and (max-width:999.98px){.at-medium{display:block}}
@media (min-width:1000px){.at-large{display:block}}
svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;fill:var(--quiet);font-variant-numeric:tabular-nums}
.mini svg text{font-size:11.5px}
.mini svg{max-width:21rem}
.grid{stroke:var(--grid)}.axis{stroke:var(--quiet);stroke-opacity:.55}
.along{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.under{opacity:.1;stroke:none}
rect.in{fill:var(--in)}rect.out{fill:var(--out)}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.1rem;margin:0 0 .7rem;padding:0;font-size:.875rem}
.swatch{display:inline-block;width:.75rem;height:.75rem;border-radius:3px;margin-right:.4rem;background:currentColor;vertical-align:-.06em}
${[1, 2, 3, 4, 5, 6].map((n) => `.swatch.c${n}{color:var(--c${n})}.along.c${n}{stroke:var(--c${n})}.under.c${n},.label.c${n} .mini rect{fill:var(--c${n})}`).join('')}
.plan rect{fill:var(--ground);stroke:var(--rule);stroke-width:1.5}
.plan .source rect,.plan .output rect{fill:var(--card)}
.plan .output rect{stroke-dasharray:4 3}
.plan .name{font-size:13px;font-weight:600;fill:var(--text)}
.plan .does{font-size:11.5px}
.link{fill:none;stroke:var(--quiet);stroke-opacity:.7;stroke-width:1.5}
.scene{position:relative}
.halo,.watched,.inward{fill:none;vector-effect:non-scaling-stroke;stroke-linecap:round;stroke-linejoin:round}
.halo{stroke:#000;stroke-opacity:.55;stroke-width:6px}
.watched{stroke:#fff;stroke-width:2.5px}
.inward{stroke:#67b0ff;stroke-width:3px}
.tag{position:absolute;transform:translate(-50%,-50%);background:#0b0c0ed9;color:#fff;border-radius:8px;padding:.15rem .55rem;font-size:.8rem;line-height:1.45;white-space:nowrap;font-variant-numeric:tabular-nums}
.tag .in{color:#8cc4ff}.tag .out{color:#ffbf87}
.grey{filter:grayscale(1) brightness(.72) contrast(.95)}
.ramp{display:inline-block;width:5.5rem;height:.7rem;border-radius:4px;margin:0 .25rem;vertical-align:-.05em;background:linear-gradient(90deg,#420a68,#932667,#dd513a,#fca50a,#fcffa4)}`;

const TABLES = `details{margin-top:.7rem;font-size:.9rem}
summary{cursor:pointer;color:var(--quiet);width:max-content;padding:.15rem 0}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;min-width:min(100%,20rem)}
caption{text-align:left;padding-bottom:.4rem}
th,td{padding:.4rem .9rem .4rem 0;text-align:right;font-weight:400;border-top:1px solid var(--rule)}
th:first-child{text-align:left}
thead th{color:var(--quiet);border-top:0;font-size:.85rem;white-space:nowrap}
td{white-space:nowrap}
td:last-child,th:last-child{padding-right:0}
.figures{width:100%}
.figures tbody th{font-weight:600;overflow-wrap:anywhere}
.figures tbody td{font-weight:600}
.figures .part th,.figures .part td{border-top:0;padding-top:0;font-weight:400;color:var(--quiet)}
.timings td{font-weight:400}
.bar{height:4px;margin-top:.3rem;max-width:22rem;fill:var(--c1)}.bar .all{fill:var(--grid)}`;

const PRINT = `@page{margin:14mm}
@media print{html{color-scheme:light}body{background:#fff;font-size:10.5pt}main{max-width:none;padding:0}
.button,details{display:none}.card,.shots li,.tile,article,tr{break-inside:avoid}h2{break-after:avoid;margin-top:1.6rem}
.pictures.of-2{grid-template-columns:1fr 1fr}
.at-small,.at-large{display:none!important}.at-medium{display:block!important}
.scene,.swatch,.ramp,.tag{print-color-adjust:exact;-webkit-print-color-adjust:exact}}`;

/** The style of the report: system fonts, both themes by the reader's preference, light on paper. */
export const STYLE = `:root{${LIGHT}}
@media screen and (prefers-color-scheme:dark){:root{${DARK}}}
${PAGE}
${CARDS}
${PLOTS}
${TABLES}
${PRINT}`;
