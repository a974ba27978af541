import { Fault, fail } from '../../core/index.js';
import { checkedName } from './enrolment-rules.js';

/** A picture to enrol, and who is on it. */
export interface ListedPicture {
  /** The file as the list names it, relative to the folder of pictures. */
  readonly file: string;
  readonly person: string;
  /** Where the list says so, from 1. */
  readonly line: number;
}

const MOST_BYTES = 64 << 20;
/** Names of the two columns, of several programs. */
const FILE_COLUMN = ['image file', 'image_file', 'image', 'file', 'path'];
const NAME_COLUMN = ['name', 'person', 'label'];

interface Row {
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * Reads a list of pictures with the columns `image file` and `name`: CSV as RFC 4180 has it, in UTF-8. Lines that are empty or begin with `#` are
 * passed over; further columns too.
 * @throws Fault INPUT_CORRUPT that names every wrong line, ten at most
 */
export function readPictureList(data: Uint8Array | string): ListedPicture[] {
  const rows = rowsOf(typeof data === 'string' ? data : textOf(data));
  const [head, ...rest] = rows;
  if (head === undefined) fail('INPUT_CORRUPT', 'the list is empty; its first line must be: image file,name');
  const [file, name] = [columnOf(head, FILE_COLUMN), columnOf(head, NAME_COLUMN)];
  const problems: string[] = [];
  const pictures = rest.flatMap((row) => {
    try {
      return [pictureOf(row, file, name, head.fields.length)];
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      problems.push(`line ${row.line}: ${error.message}`);
      return [];
    }
  });
  const twice = repeated(pictures);
  if (twice) problems.push(twice);
  if (problems.length > 0) fail('INPUT_CORRUPT', told(problems));
  return pictures;
}

function told(problems: readonly string[]): string {
  const more = problems.length > 10 ? [`and ${problems.length - 10} more`] : [];
  return [...problems.slice(0, 10), ...more].join('\n');
}

function textOf(data: Uint8Array): string {
  if (data.length > MOST_BYTES) fail('PAYLOAD_TOO_LARGE', `the list has ${data.length} bytes; at most ${MOST_BYTES} are read`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch (error) {
    return fail('INPUT_CORRUPT', 'the list is not in UTF-8; save it as CSV in UTF-8', error);
  }
}

function columnOf({ fields, line }: Row, names: readonly string[]): number {
  const at = fields.findIndex((field) => names.includes(field.trim().toLowerCase()));
  return at >= 0
    ? at
    : fail('INPUT_CORRUPT', `line ${line}: no column "${names[0]}" in "${fields.join(',')}"; the first line must be: image file,name`);
}

function pictureOf({ fields, line }: Row, fileAt: number, nameAt: number, width: number): ListedPicture {
  if (fields.length !== width) fail('INPUT_CORRUPT', `${fields.length} fields instead of ${width}; put a text with a comma in double quotes`);
  const file = fields[fileAt]!.trim();
  if (file === '') fail('INPUT_CORRUPT', 'the name of the picture is empty');
  if (file.includes('\0')) fail('INPUT_CORRUPT', 'the name of the picture has a zero byte');
  // A list comes from elsewhere: it names pictures in its folder, not any file of the machine.
  if (/^([/\\]|[A-Za-z]:)/.test(file) || file.split(/[/\\]/).includes('..')) fail('INPUT_CORRUPT', `"${file}" leads out of the folder of pictures`);
  return { file, person: checkedName(fields[nameAt]!), line };
}

function repeated(pictures: readonly ListedPicture[]): string | undefined {
  const seen = new Map<string, ListedPicture>();
  for (const picture of pictures) {
    const before = seen.get(picture.file);
    if (before && before.person !== picture.person)
      return `line ${picture.line}: "${picture.file}" is "${picture.person}" here and "${before.person}" in line ${before.line}`;
    seen.set(picture.file, picture);
  }
  return undefined;
}

/** Splits a text into rows of fields, and remembers where each begins. */
function rowsOf(text: string): Row[] {
  const rows: Row[] = [];
  const scan = new CsvScan(text.replace(/^\uFEFF/, ''));
  while (!scan.isAtEnd) {
    const { line } = scan;
    const fields = scan.row();
    const isComment = fields[0]!.startsWith('#');
    if (!isComment && fields.some((field) => field.trim() !== '')) rows.push({ line, fields });
  }
  return rows;
}

/** Reads fields one after the other; a quoted one may hold commas, quotes (doubled) and line ends. */
class CsvScan {
  #at = 0;
  line = 1;

  constructor(readonly text: string) {}

  get isAtEnd(): boolean {
    return this.#at >= this.text.length;
  }

  row(): string[] {
    const fields = [this.#field()];
    while (this.text[this.#at] === ',') {
      this.#at++;
      fields.push(this.#field());
    }
    this.#endOfLine();
    return fields;
  }

  #field(): string {
    return this.text[this.#at] === '"' ? this.#quoted() : this.#plain();
  }

  #plain(): string {
    const start = this.#at;
    while (!this.isAtEnd && !',\r\n'.includes(this.text[this.#at]!)) this.#at++;
    return this.text.slice(start, this.#at);
  }

  #quoted(): string {
    const { line } = this;
    let value = '';
    for (;;) {
      const end = this.text.indexOf('"', this.#at + 1);
      if (end < 0) fail('INPUT_CORRUPT', `line ${line}: a double quote is opened and not closed`);
      const part = this.text.slice(this.#at + 1, end);
      value += part;
      this.line += part.split('\n').length - 1;
      this.#at = end + 1;
      if (this.text[this.#at] !== '"') break;
      value += '"';
    }
    if (!this.isAtEnd && !',\r\n'.includes(this.text[this.#at]!))
      fail('INPUT_CORRUPT', `line ${this.line}: something follows a closing double quote; double the quotes inside a field`);
    return value;
  }

  #endOfLine(): void {
    if (this.text[this.#at] === '\r') this.#at++;
    if (this.text[this.#at] === '\n') this.#at++;
    this.line++;
  }
}
