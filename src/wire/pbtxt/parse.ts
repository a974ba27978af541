import { ScalarType, type DescField, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import { reflect, type ReflectList, type ReflectMap, type ReflectMessage } from '@bufbuild/protobuf/reflect';
import { didYouMean } from '../../core/index.js';
import { Lexer, refuseAt, type Token } from './lexer.js';
import { takeEnum, takeScalar } from './scalar.js';

const MAX_DEPTH = 100;
const CLOSING: Readonly<Record<string, string>> = { '{': '}', '<': '>' };

/** Anything that is one element of a field: a scalar, an enum's number, or a message. */
type Element = unknown;
type ListField = DescField & { readonly fieldKind: 'list' };
type MapField = DescField & { readonly fieldKind: 'map' };

class Parser {
  readonly #lexer: Lexer;
  #depth = 0;

  constructor(name: string, text: string) {
    this.#lexer = new Lexer({ name, text });
  }

  document(message: ReflectMessage): void {
    this.#fields(message, '');
  }

  #refuse(token: Token, why: string): never {
    return refuseAt(this.#lexer.source, token.at, why);
  }

  #isSign(text: string): boolean {
    return this.#lexer.next.kind === 'sign' && this.#lexer.next.text === text;
  }

  #took(text: string): boolean {
    const found = this.#isSign(text);
    if (found) this.#lexer.take();
    return found;
  }

  /** Reads fields up to `closing`; '' is the end of the text. */
  #fields(message: ReflectMessage, closing: string): void {
    const seen = new Set<string>();
    const opened = this.#lexer.next;
    for (;;) {
      const { next } = this.#lexer;
      if (closing !== '' && this.#took(closing)) return;
      if (next.kind === 'end') {
        if (closing === '') return;
        this.#refuse(opened, `${message.desc.name} has no closing ${closing}`);
      }
      this.#field(message, seen);
      if (!this.#took(',')) this.#took(';');
    }
  }

  #field(message: ReflectMessage, seen: Set<string>): void {
    const token = this.#lexer.take();
    if (token.kind !== 'name')
      this.#refuse(token, `a field name of ${message.desc.name} is wanted here, found ${token.text || 'the end of the file'}`);
    const field = message.fields.find(({ name }) => name === token.text);
    if (field === undefined) {
      const known = message.fields.map(({ name }) => name);
      return this.#refuse(
        token,
        `${message.desc.name} has no field "${token.text}".${didYouMean(token.text, known) || ` Known: ${known.join(', ')}`}`,
      );
    }
    if (field.fieldKind !== 'list' && field.fieldKind !== 'map') this.#once(message, field, token, seen);
    const colon = this.#took(':');
    if (!colon && !isMessage(field)) this.#refuse(this.#lexer.next, `a colon is missing after "${field.name}"`);
    if (field.fieldKind === 'list') this.#list(message.get(field as ListField), field);
    else if (field.fieldKind === 'map') this.#map(message.get(field as MapField), field);
    else message.set(field, this.#element(field.message, field.enum, field.scalar, field.name));
  }

  #once(message: ReflectMessage, field: DescField, token: Token, seen: Set<string>): void {
    if (seen.has(field.name)) this.#refuse(token, `"${field.name}" stands here for a second time, and ${message.desc.name} takes only one`);
    const rival = field.oneof && message.oneofCase(field.oneof);
    if (rival) this.#refuse(token, `"${field.name}" and "${rival.name}" exclude each other (${field.oneof!.name})`);
    seen.add(field.name);
  }

  #element(message: DescMessage | undefined, desc: DescField['enum'], scalar: ScalarType | undefined, name: string): Element {
    if (message) return this.#message(message, name);
    return desc ? takeEnum(this.#lexer, desc, name) : takeScalar(this.#lexer, scalar!, name);
  }

  #message(desc: DescMessage, name: string): ReflectMessage {
    const token = this.#lexer.take();
    const closing = token.kind === 'sign' ? CLOSING[token.text] : undefined;
    if (closing === undefined) return this.#refuse(token, `${name} wants { ... }, found ${token.text || 'the end of the file'}`);
    if (++this.#depth > MAX_DEPTH) this.#refuse(token, `more than ${MAX_DEPTH} blocks inside one another`);
    const message = reflect(desc);
    this.#fields(message, closing);
    this.#depth--;
    return message;
  }

  /** Calls `take` once, or for each element of `[a, b]`. */
  #each(take: () => void): void {
    if (!this.#took('[')) return take();
    if (this.#took(']')) return;
    for (;;) {
      take();
      if (this.#took(']')) return;
      if (!this.#took(',')) this.#refuse(this.#lexer.next, 'a comma or ] is missing in the list');
    }
  }

  #list(list: ReflectList, { name, message, enum: desc, scalar }: DescField): void {
    this.#each(() => list.add(this.#element(message, desc, scalar, name)));
  }

  #map(map: ReflectMap, field: MapField): void {
    this.#each(() => {
      const [key, value] = this.#entry(field);
      map.set(key, value);
    });
  }

  /** A map's entry is a message of `key` and `value`; what is left out has its default. */
  #entry({ name, mapKey, message, enum: desc, scalar }: MapField): [Element, Element] {
    const open = this.#lexer.take();
    const closing = open.kind === 'sign' ? CLOSING[open.text] : undefined;
    if (closing === undefined) return this.#refuse(open, `${name} wants { key: ... value: ... }, found ${open.text || 'the end of the file'}`);
    let key: Element = defaultOf(mapKey);
    let value: Element = message ? reflect(message) : desc ? 0 : defaultOf(scalar!);
    while (!this.#took(closing)) {
      const token = this.#lexer.take();
      const part = token.kind === 'name' ? token.text : '';
      if (part !== 'key' && part !== 'value')
        this.#refuse(token, `an entry of ${name} has "key" and "value", found ${token.text || 'the end of the file'}`);
      if (!this.#took(':') && (part === 'key' || !message)) this.#refuse(this.#lexer.next, `a colon is missing after "${part}"`);
      if (part === 'key') key = takeScalar(this.#lexer, mapKey, `key of ${name}`);
      else value = this.#element(message, desc, scalar, name);
      if (!this.#took(',')) this.#took(';');
    }
    return [key, value];
  }
}

const isMessage = (field: DescField): boolean => field.message !== undefined || field.fieldKind === 'map';

const LONG: ReadonlySet<ScalarType> = new Set([ScalarType.INT64, ScalarType.UINT64, ScalarType.FIXED64, ScalarType.SFIXED64, ScalarType.SINT64]);

function defaultOf(type: ScalarType): Element {
  if (type === ScalarType.STRING) return '';
  if (type === ScalarType.BYTES) return new Uint8Array(0);
  if (type === ScalarType.BOOL) return false;
  return LONG.has(type) ? 0n : 0;
}

/**
 * Reads text-format protobuf (https://protobuf.dev/reference/protobuf/textformat-spec/) as a message of `schema`.
 * Extensions and Any are not read.
 * @param name what errors call the text, such as its path
 * @throws Fault CONFIG_INVALID with line and column, and the names that come near one that is not known
 */
export function parseTextProto<Desc extends DescMessage>(schema: Desc, text: string, name = 'text'): MessageShape<Desc> {
  const message = reflect(schema);
  new Parser(name, text).document(message);
  return message.message as MessageShape<Desc>;
}
