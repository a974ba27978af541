import { ScalarType, type DescEnum } from '@bufbuild/protobuf';
import { didYouMean } from '../../core/index.js';
import { refuseAt, type Lexer, type Token } from './lexer.js';

/** What stands in the text as one value: its tokens joined, and whether a minus stood before it. */
interface Written {
  readonly token: Token;
  readonly negative: boolean;
}

function takeWritten(lexer: Lexer): Written {
  const first = lexer.take();
  const negative = first.kind === 'sign' && first.text === '-';
  return { token: negative ? lexer.take() : first, negative };
}

const INTEGERS: { readonly [T in ScalarType]?: { readonly bits: 32 | 64; readonly signed: boolean } } = {
  [ScalarType.INT32]: { bits: 32, signed: true },
  [ScalarType.SINT32]: { bits: 32, signed: true },
  [ScalarType.SFIXED32]: { bits: 32, signed: true },
  [ScalarType.UINT32]: { bits: 32, signed: false },
  [ScalarType.FIXED32]: { bits: 32, signed: false },
  [ScalarType.INT64]: { bits: 64, signed: true },
  [ScalarType.SINT64]: { bits: 64, signed: true },
  [ScalarType.SFIXED64]: { bits: 64, signed: true },
  [ScalarType.UINT64]: { bits: 64, signed: false },
  [ScalarType.FIXED64]: { bits: 64, signed: false },
};

const shown = ({ token, negative }: Written): string => (token.kind === 'end' ? 'the end of the file' : `${negative ? '-' : ''}${token.text}`);

/** An integer as written: decimal, hexadecimal, or octal with a leading zero; undefined when it is none. */
function integerOf({ token, negative }: Written): bigint | undefined {
  const { kind, text } = token;
  if (kind !== 'number' || !/^(0[xX][\da-fA-F]+|0[0-7]*|[1-9]\d*)$/.test(text)) return undefined;
  const value = BigInt(/^0[0-7]/.test(text) ? `0o${text}` : text);
  return negative ? -value : value;
}

function floatOf({ token, negative }: Written): number | undefined {
  const sign = negative ? -1 : 1;
  const word = token.text.toLowerCase();
  if (token.kind === 'name' && (word === 'inf' || word === 'infinity')) return sign * Infinity;
  if (token.kind === 'name' && word === 'nan') return Number.NaN;
  if (token.kind !== 'number' || /^0[xX]/.test(token.text) || /^0\d/.test(token.text)) return undefined;
  return sign * Number(token.text.replace(/[fF]$/, ''));
}

const TRUTH: Readonly<Record<string, boolean>> = { true: true, True: true, t: true, false: false, False: false, f: false };

function booleanOf(written: Written): boolean | undefined {
  if (written.token.kind === 'name' && !written.negative) return Object.hasOwn(TRUTH, written.token.text) ? TRUTH[written.token.text] : undefined;
  const integer = integerOf(written);
  return integer === 0n || integer === 1n ? integer === 1n : undefined;
}

/** Strings that stand side by side are one. */
function takeString(lexer: Lexer, field: string): Uint8Array {
  const bytes: number[] = [];
  if (lexer.next.kind !== 'string')
    refuseAt(lexer.source, lexer.next.at, `${field} wants a string in quotes, found ${shown({ token: lexer.next, negative: false })}`);
  while (lexer.next.kind === 'string') for (const byte of lexer.take().bytes!) bytes.push(byte);
  return Uint8Array.from(bytes);
}

function takeText(lexer: Lexer, field: string): string {
  const { at } = lexer.next;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(takeString(lexer, field));
  } catch (error) {
    if (error instanceof TypeError) return refuseAt(lexer.source, at, `${field}: the string's escapes give bytes that are no UTF-8`);
    throw error;
  }
}

/** Takes a value of a scalar field. @throws Fault CONFIG_INVALID with line and column */
export function takeScalar(lexer: Lexer, type: ScalarType, field: string): unknown {
  if (type === ScalarType.STRING) return takeText(lexer, field);
  if (type === ScalarType.BYTES) return takeString(lexer, field);
  const written = takeWritten(lexer);
  const refuse = (why: string): never => refuseAt(lexer.source, written.token.at, `${field} ${why}, found ${shown(written)}`);
  if (type === ScalarType.BOOL) return booleanOf(written) ?? refuse('wants true or false');
  const integer = INTEGERS[type];
  if (!integer) return floatOf(written) ?? refuse('wants a number');
  const value = integerOf(written) ?? refuse('wants a whole number');
  const { bits, signed } = integer;
  if ((signed ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value)) !== value)
    refuse(`wants ${signed ? 'a' : 'an un'}${signed ? ' ' : ''}signed ${bits}-bit number`);
  return bits === 32 ? Number(value) : value;
}

/** Takes a value of an enum by its name or number. @throws Fault CONFIG_INVALID with line and column */
export function takeEnum(lexer: Lexer, { values, name }: DescEnum, field: string): number {
  const written = takeWritten(lexer);
  const { token, negative } = written;
  const names = values.map((value) => value.name);
  const found =
    token.kind === 'name' && !negative ? values.find((value) => value.name === token.text)?.number : Number(integerOf(written) ?? Number.NaN);
  if (found !== undefined && values.some(({ number }) => number === found)) return found;
  const hint = token.kind === 'name' ? didYouMean(token.text, names) : '';
  return refuseAt(lexer.source, token.at, `${field} wants a ${name}, found ${shown(written)}.${hint || ` Known: ${names.join(', ')}`}`);
}
