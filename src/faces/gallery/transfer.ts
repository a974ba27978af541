import { z } from 'zod';
import { Fault, fail } from '../../core/index.js';
import type { ChangeNote, EnrolOptions, Gallery, NewFace, StoredFace } from './port.js';

const HEAD = { format: 'ocellus-faces', version: 1 } as const;
const BATCH = 256;

const Head = z.object({ format: z.literal(HEAD.format), version: z.literal(HEAD.version) });

const bytes = z.base64().transform((text) => Uint8Array.from(Buffer.from(text, 'base64')));
const vector = bytes.refine(({ length }) => length > 0 && length % 4 === 0, 'not a whole number of 32-bit floats').transform(floatsOf);

const Line = z.strictObject({
  person: z.string(),
  model: z.string(),
  vector,
  source: z.string(),
  digest: z.string(),
  enrolledAt: z.string(),
  quality: z.number().optional(),
  consent: z.strictObject({ by: z.string(), at: z.string(), basis: z.string() }).optional(),
  expiresAt: z.string().optional(),
  chip: bytes.optional(),
});

/** The numbers of an export are little-endian whatever the machine is. */
function floatsOf(data: Uint8Array): Float32Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Float32Array.from({ length: data.length / 4 }, (_, i) => view.getFloat32(i * 4, true));
}

function bytesOf(values: Float32Array): string {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  values.forEach((value, i) => view.setFloat32(i * 4, value, true));
  return Buffer.from(view.buffer).toString('base64');
}

function lineOf({ person, model, vector, source, digest, enrolledAt, quality, consent, expiresAt, chip }: StoredFace): string {
  const kept = chip && Buffer.from(chip).toString('base64');
  return JSON.stringify({ person, model, vector: bytesOf(vector.values), source, digest, enrolledAt, quality, consent, expiresAt, chip: kept });
}

/**
 * A gallery as lines of text, each of them JSON: what it is, and then a face a line, with its vector (32-bit floats, little-endian) and its chip
 * in base64. An export is not encrypted, whatever the gallery is.
 */
export async function* exportGallery(gallery: Gallery): AsyncGenerator<string> {
  yield JSON.stringify(HEAD);
  for await (const face of gallery.stored()) yield lineOf(face);
}

/** What an import came to. */
export interface ImportReport {
  /** Faces that are known now. */
  readonly enrolled: number;
  /** Lines that were refused, from 1, each with the reason. */
  readonly refused: readonly { readonly line: number; readonly fault: Fault }[];
}

/**
 * Enrols what {@link exportGallery} wrote. A line that cannot be read, or that the gallery refuses, is reported, and the others are taken.
 * @throws Fault INPUT_CORRUPT when the first line is not that of an export
 */
export async function importGallery(
  gallery: Gallery,
  lines: AsyncIterable<string> | Iterable<string>,
  note: ChangeNote,
  options: EnrolOptions = {},
): Promise<ImportReport> {
  const refused: { line: number; fault: Fault }[] = [];
  let waiting: { readonly line: number; readonly face: NewFace }[] = [];
  let enrolled = 0;
  const flush = async (): Promise<void> => {
    const answers = await gallery.enrolAll(
      waiting.map(({ face }) => face),
      note,
      options,
    );
    answers.forEach((answer, at) => {
      if (answer instanceof Fault) refused.push({ line: waiting[at]!.line, fault: answer });
      else enrolled++;
    });
    waiting = [];
  };
  let line = 0;
  for await (const text of lines) {
    line++;
    if (line === 1) checkHead(text);
    else if (text.trim() !== '') {
      const face = faceOf(text, line);
      if (face instanceof Fault) refused.push({ line, fault: face });
      else waiting.push({ line, face });
    }
    if (waiting.length === BATCH) await flush();
  }
  if (line === 0) checkHead('');
  await flush();
  return { enrolled, refused: refused.toSorted((a, b) => a.line - b.line) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function checkHead(text: string): void {
  if (!Head.safeParse(parsed(text)).success)
    fail('INPUT_CORRUPT', `line 1: this is no export of a gallery in version ${HEAD.version}; it must begin with ${JSON.stringify(HEAD)}`);
}

function faceOf(text: string, line: number): NewFace | Fault {
  const result = Line.safeParse(parsed(text));
  if (!result.success) return new Fault('INPUT_CORRUPT', `line ${line}: ${z.prettifyError(result.error)}`);
  const { model, vector, quality, consent, expiresAt, chip, ...rest } = result.data;
  return {
    ...rest,
    vector: { model, values: vector },
    ...(quality === undefined ? {} : { quality }),
    ...(consent === undefined ? {} : { consent }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(chip === undefined ? {} : { chip }),
  };
}
