import { ScalarType, type DescEnum, type DescField, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import { reflect, type ReflectMessage } from '@bufbuild/protobuf/reflect';

const NAMED: Readonly<Record<string, string>> = {
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
  '"': String.raw`\"`,
  '\\': String.raw`\\`,
};
const octal = (byte: number): string => `\\${byte.toString(8).padStart(3, '0')}`;

// eslint-disable-next-line no-control-regex
const quoteText = (text: string): string => `"${text.replace(/["\\\u0000-\u001f\u007f]/g, (char) => NAMED[char] ?? octal(char.charCodeAt(0)))}"`;

const quoteBytes = (bytes: Uint8Array): string =>
  `"${Array.from(bytes, (byte) => NAMED[String.fromCharCode(byte)] ?? (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : octal(byte))).join('')}"`;

const number = (value: unknown): string => (Object.is(value, -0) ? '-0' : String(value)).replace('NaN', 'nan').replace('Infinity', 'inf');

function element(value: unknown, desc: DescEnum | undefined, scalar: ScalarType | undefined): string {
  if (desc) return desc.values.find((known) => known.number === value)?.name ?? number(value);
  if (scalar === ScalarType.STRING) return quoteText(value as string);
  return scalar === ScalarType.BYTES ? quoteBytes(value as Uint8Array) : number(value);
}

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

function block(name: string, message: ReflectMessage): string[] {
  const inner = linesOf(message);
  return inner.length === 0 ? [`${name} { }`] : [`${name} {`, ...indented(inner), '}'];
}

function fieldLines(message: ReflectMessage, field: DescField): string[] {
  const { name, enum: desc } = field;
  switch (field.fieldKind) {
    case 'message':
      return block(name, message.get(field));
    case 'list':
      if (field.listKind === 'message') return [...message.get(field)].flatMap((inner) => block(name, inner as ReflectMessage));
      return [`${name}: [${[...message.get(field)].map((value) => element(value, desc, field.scalar)).join(', ')}]`];
    case 'map':
      return [...message.get(field)].flatMap(([key, value]) => [
        `${name} {`,
        `  key: ${element(key, undefined, field.mapKey)}`,
        ...indented(field.mapKind === 'message' ? block('value', value as ReflectMessage) : [`value: ${element(value, desc, field.scalar)}`]),
        '}',
      ]);
    default:
      return [`${name}: ${element(message.get(field), desc, field.scalar)}`];
  }
}

const linesOf = (message: ReflectMessage): string[] =>
  message.sortedFields.filter((field) => message.isSet(field)).flatMap((field) => fieldLines(message, field));

/** Writes a message as text-format protobuf, fields in the order of their numbers; {@link parseTextProto} reads it back. */
export function printTextProto<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): string {
  return linesOf(reflect(schema, message))
    .map((line) => `${line}\n`)
    .join('');
}
