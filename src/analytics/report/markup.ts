/** Text that is HTML already. Only {@link html} and {@link trusted} make it, so that everything else is escaped. */
export class Markup {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

/** What may stand in a template: markup as it is, texts and numbers escaped, lists one after the other, nothing for undefined. */
export type Content = Markup | string | number | undefined | readonly Content[];

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

// Characters that HTML does not allow, and those that turn the direction of the text around them.
// oxlint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|\p{Surrogate}/gu;

/** A text that can stand between tags and in quoted attributes. */
export function escaped(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd').replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}

function written(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'number') return String(content);
  return typeof content === 'string' ? escaped(content) : content.map(written).join('');
}

/** A template of HTML or SVG in which every value is escaped but {@link Markup}. Attributes must be quoted. */
export function html(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(parts.map((part, n) => part + (n < values.length ? written(values[n]) : '')).join(''));
}

/** Text of our own that is markup; never of outside. */
export const trusted = (text: string): Markup => new Markup(text);
