import { type Box, fail } from '../../core/index.js';
import { fromXyWh } from '../../vision/index.js';

/** One line of a MOTChallenge file: a detection, a labelled box or a tracked box. */
export interface MotRow {
  /** From 1. */
  readonly frame: number;
  /** Identity over time; -1 in files of detections. */
  readonly id: number;
  /** As the file has it: 1-based pixels in MOTChallenge's own files, so pixel 1 is the leftmost. */
  readonly box: Box;
  /** Score of a detection; in labels, 0 for a box that does not count. 1 where the column is missing. */
  readonly confidence: number;
  /** MOT16 and later: 1 is a pedestrian. */
  readonly classId?: number;
  /** MOT16 and later: the part that is not hidden, 0 to 1. */
  readonly visibility?: number;
}

const COLUMNS = ['frame', 'id', 'left', 'top', 'width', 'height', 'confidence', 'class or x', 'visibility or y', 'z'] as const;
const LEAST_COLUMNS = 6;
/** Labels of MOT16 and later have nine columns, files of MOT15 and detections ten: there the last three are world coordinates. */
const LABEL_COLUMNS = 9;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
/** Frames of a year at 30 a second would not reach it. */
const MAX_FRAME = 1e9;

/**
 * Reads the text of a `gt.txt`, `det.txt` or result file of MOT15, MOT16, MOT17 or MOT20; `name` is for error texts.
 * Empty lines are passed over. @throws Fault INPUT_CORRUPT naming file, line and column
 */
export function parseMot(text: string, name: string): MotRow[] {
  const rows: MotRow[] = [];
  let line = 0;
  for (const raw of text.split('\n')) {
    line++;
    const trimmed = raw.trim();
    if (trimmed !== '') rows.push(parseLine(trimmed, `${name}, line ${line}`));
  }
  return rows;
}

function parseLine(text: string, where: string): MotRow {
  const cells = text.split(',').map((cell) => cell.trim());
  if (cells.length > LEAST_COLUMNS && cells.at(-1) === '') cells.pop();
  if (cells.length < LEAST_COLUMNS || cells.length > COLUMNS.length)
    fail('INPUT_CORRUPT', `${where}: ${cells.length} columns; expected ${LEAST_COLUMNS} to ${COLUMNS.length}, separated by commas`);
  const values = cells.map((cell, at) => numberIn(cell, at, where));
  const [frame = 0, id = 0, left = 0, top = 0, width = 0, height = 0, confidence = 1, classId, visibility] = values;
  if (!Number.isInteger(frame) || frame < 1 || frame > MAX_FRAME) fail('INPUT_CORRUPT', `${where}: frame is ${frame}; frames are counted from 1`);
  if (!Number.isSafeInteger(id) || id < -1) fail('INPUT_CORRUPT', `${where}: id is ${id}; expected a whole number, or -1 for none`);
  if (width < 0 || height < 0) fail('INPUT_CORRUPT', `${where}: the box is ${width} x ${height}; sizes are not negative`);
  const row = { frame, id, box: fromXyWh(left, top, width, height), confidence };
  return cells.length === LABEL_COLUMNS && classId !== undefined && visibility !== undefined ? { ...row, classId, visibility } : row;
}

function numberIn(cell: string, at: number, where: string): number {
  const value = NUMBER.test(cell) ? Number(cell) : NaN;
  if (Number.isFinite(value)) return value;
  return fail('INPUT_CORRUPT', `${where}: ${COLUMNS[at]} is "${cell.slice(0, 40)}"; expected a number`);
}

/** Rows as MOTChallenge's result file, ten columns: what TrackEval and other tools read. */
export function writeMot(rows: readonly MotRow[]): string {
  return rows
    .map(({ frame, id, box, confidence }) => [frame, id, box.x1, box.y1, box.x2 - box.x1, box.y2 - box.y1, confidence, -1, -1, -1].join(',') + '\n')
    .join('');
}
