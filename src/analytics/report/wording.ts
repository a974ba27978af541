const IRREGULAR: Readonly<Record<string, string>> = {
  person: 'people',
  sheep: 'sheep',
  skis: 'skis',
  scissors: 'scissors',
  mouse: 'mice',
  knife: 'knives',
  man: 'men',
  woman: 'women',
  child: 'children',
  foot: 'feet',
};

/** The English plural of a class's name; a name in another script stays as it is. */
export function plural(label: string): string {
  const known = IRREGULAR[label];
  if (known !== undefined) return known;
  if (!/[a-z]$/i.test(label)) return label;
  if (/(s|x|ch|sh)$/.test(label)) return `${label}es`;
  return /[^aeiou]y$/.test(label) ? `${label.slice(0, -1)}ies` : `${label}s`;
}

/** A whole number with its thousands apart: `1,204`. */
export const count = (value: number): string => Math.round(value).toLocaleString('en-US');

/** A number of objects of a class: `12 people`. */
export const counted = (value: number, label: string): string => `${count(value)} ${value === 1 ? label : plural(label)}`;

/** Parts of a sentence, joined: `a, b and c`. */
export function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** Video time: `1:05`, or `2:01:05` from an hour on. */
export function videoTime(ms: number): string {
  const seconds = Math.floor(Math.max(0, ms) / 1000 + 1e-6);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value: number): string => String(value).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** A stretch of time for reading: `0.8 s`, `42 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor(whole / 60) % 60} min`;
}

/** The size of a file for reading: `1.4 MB`. */
export function bytes(value: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = value < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** power;
  return `${power === 0 || scaled >= 100 ? Math.round(scaled) : scaled.toFixed(1)} ${units[power]}`;
}

/** A measured number with three digits: `0.42`, `7.50`, `12.0`, `120`. */
export const measured = (value: number): string => (value >= 100 ? count(value) : value >= 10 ? value.toFixed(1) : value.toFixed(2));

/** The same without zeros behind the point: `7.5`, `12`. */
export function brief(value: number): string {
  const text = measured(value);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** At most `length` characters, cut with an ellipsis. */
export function cut(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join('')}…`;
}

/** A text in lines of at most so many letters, broken between words, behind hyphens, or where a word is too long; what is left over is cut from the last line. */
export function wrapped(text: string, letters: number, mostLines: number): string[] {
  const parts = text.match(/[^\s-]+-*\s*|-+\s*/g) ?? [];
  const lines: string[] = [];
  let line = '';
  for (const [at, part] of parts.entries()) {
    if (line !== '' && (line + part.trimEnd()).length > letters) {
      if (lines.length === mostLines - 1) return [...lines, cut(`${line}${parts.slice(at).join('')}`.trimEnd(), letters)];
      lines.push(line.trimEnd());
      line = '';
    }
    line += part;
  }
  return [...lines, cut(line.trimEnd(), letters)];
}
