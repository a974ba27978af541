import { Assignment } from './assignment.js';
import { type BoxTable, ClosePairs, type Gate, Positions, grown } from './close-pairs.js';
import { KALMAN_LENGTH, boxOfMotion, correctMotion, holdHeight, predictMotion, rescaleMotion, shiftX, shiftY, startMotion } from './kalman.js';
import type { Observation, PredictedTrack } from './port.js';
import { TrackClock } from './track-clock.js';

/** One object followed over time. */
export interface Track {
  /** From 1; 0 while the track is tentative. */
  id: number;
  /** State of its Kalman filter. */
  readonly motion: Float64Array;
  /** x1, y1, x2, y2 of the last detection that was matched. */
  readonly box: Float64Array;
  classId: number;
  /** Of the last detection that was matched. */
  confidence: number;
  /** When a detection was last matched. */
  seenMs: number;
  /** The same, as the number of the frame looked at. */
  seenFrame: number;
  /** Detections matched so far, the first included. */
  matches: number;
}

/** No coordinate of a picture is so large; far beyond it arithmetic loses its sense. */
const LARGEST_PX = 1e7;
const NONE = -1;

const isUsable = ({ x1, y1, x2, y2 }: Observation['box']): boolean =>
  x2 > x1 && y2 > y1 && x1 > -LARGEST_PX && y1 > -LARGEST_PX && x2 < LARGEST_PX && y2 < LARGEST_PX;

const emptyTable = (): BoxTable => ({ boxes: new Float64Array(256), classIds: new Float64Array(64) });

/** `table` with room for `count` boxes. */
const roomFor = (table: BoxTable, count: number): BoxTable =>
  table.classIds.length >= count ? table : { boxes: grown(table.boxes, 4 * count), classIds: grown(table.classIds, count) };

/**
 * The tracks of one stream and the detections of its present frame: what trackers are composed of. Detections are known by their
 * place in the frame, tracks by their place in `tracks`, which holds until the next `advance` or `drop`.
 */
export class TrackTable {
  /** In the order of birth. */
  tracks: Track[] = [];
  /** Frames looked at so far, the present one included. */
  frame = 0;
  /** Confidence of each detection of this frame; 0 for one whose box is no box (NaN, empty, beyond all pictures). */
  confidences = new Float64Array(64);
  readonly #clock = new TrackClock();
  #nextId = 1;
  #nowMs = 0;
  /** Detections of this frame. */
  #seen = emptyTable();
  /** Where each track should be on this frame. */
  #expected = emptyTable();
  /** Track of each detection of this frame. */
  #trackOf: (Track | undefined)[] = [];
  readonly #pairs = new ClosePairs();
  readonly #assignment = new Assignment();
  readonly #seenAt = new Positions();
  readonly #unseenAt = new Positions();

  constructor(
    /** How long a track that is not seen is kept, in milliseconds. */
    public lostAfterMs: number,
  ) {}

  /** Goes on to the next frame: takes its detections in, forgets tracks out of date, moves the others on. @throws Fault INVALID_ARGUMENT when time falls */
  advance(seen: readonly Observation[], timeMs: number): void {
    const dt = this.#clock.advance(timeMs);
    this.#nowMs = timeMs;
    this.#read(seen);
    this.drop((track) => this.#clock.isOver(track.seenMs, timeMs, this.lostAfterMs));
    this.#expect(dt);
    this.frame++;
  }

  #read(seen: readonly Observation[]): void {
    const count = seen.length;
    this.#seen = roomFor(this.#seen, count);
    if (this.confidences.length < count) this.confidences = grown(this.confidences, count);
    const { boxes, classIds } = this.#seen;
    for (let i = 0; i < count; i++) {
      const { box, confidence, classId } = seen[i]!;
      boxes[4 * i] = box.x1;
      boxes[4 * i + 1] = box.y1;
      boxes[4 * i + 2] = box.x2;
      boxes[4 * i + 3] = box.y2;
      classIds[i] = classId;
      this.confidences[i] = isUsable(box) ? confidence : 0;
    }
    this.#trackOf = Array.from<Track | undefined>({ length: count });
  }

  #expect(dt: number): void {
    const { tracks } = this;
    this.#expected = roomFor(this.#expected, tracks.length);
    const { stretch } = this.#clock;
    for (let i = 0; i < tracks.length; i++) {
      const { motion, classId, seenFrame } = tracks[i]!;
      if (stretch !== 1) rescaleMotion(motion, stretch);
      if (seenFrame !== this.frame) holdHeight(motion);
      predictMotion(motion, dt);
      boxOfMotion(motion, this.#expected.boxes, 4 * i);
      this.#expected.classIds[i] = classId;
    }
  }

  /** Lists the detections that no track has taken, with confidences from `least` up to, not including, `below`. Confidence 0 is no detection. */
  listFree(into: Positions, least: number, below = Infinity): void {
    into.clear();
    for (let i = 0; i < this.#trackOf.length; i++) {
      const confidence = this.confidences[i]!;
      if (confidence > 0 && confidence >= least && confidence < below && this.#trackOf[i] === undefined) into.push(i);
    }
  }

  /** Whether a track has a detection of this frame. */
  isSeen(track: Track): boolean {
    return track.seenFrame === this.frame;
  }

  /** Matches tracks with detections, each at most once and as well as can be, and moves the tracks to what was seen. */
  associate(tracksAt: Positions, detectionsAt: Positions, gate: Gate): void {
    if (tracksAt.length === 0 || detectionsAt.length === 0) return;
    this.#pairs.collect(this.#expected, tracksAt, this.#seen, detectionsAt, gate);
    this.#assignment.solve(this.#pairs, 1 - gate.minimum);
    for (let row = 0; row < tracksAt.length; row++) {
      const column = this.#assignment.columnOf[row]!;
      if (column !== NONE) this.#take(this.tracks[tracksAt.items[row]!]!, detectionsAt.items[column]!);
    }
  }

  #take(track: Track, detection: number): void {
    const { boxes, classIds } = this.#seen;
    const x1 = boxes[4 * detection]!;
    const y1 = boxes[4 * detection + 1]!;
    const width = boxes[4 * detection + 2]! - x1;
    const height = boxes[4 * detection + 3]! - y1;
    correctMotion(track.motion, x1 + width / 2, y1 + height / 2, width / height, height);
    for (let i = 0; i < 4; i++) track.box[i] = boxes[4 * detection + i]!;
    track.classId = classIds[detection]!;
    track.confidence = this.confidences[detection]!;
    track.seenMs = this.#nowMs;
    track.seenFrame = this.frame;
    track.matches++;
    this.#trackOf[detection] = track;
  }

  /** Begins a tentative track at a detection of this frame. */
  begin(detection: number): void {
    const { boxes, classIds } = this.#seen;
    const x1 = boxes[4 * detection]!;
    const y1 = boxes[4 * detection + 1]!;
    const width = boxes[4 * detection + 2]! - x1;
    const height = boxes[4 * detection + 3]! - y1;
    const motion = new Float64Array(KALMAN_LENGTH);
    startMotion(motion, x1 + width / 2, y1 + height / 2, width / height, height);
    const track: Track = {
      id: 0,
      motion,
      box: boxes.slice(4 * detection, 4 * detection + 4),
      classId: classIds[detection]!,
      confidence: this.confidences[detection]!,
      seenMs: this.#nowMs,
      seenFrame: this.frame,
      matches: 1,
    };
    this.tracks.push(track);
    this.#trackOf[detection] = track;
  }

  /**
   * Ends a frame for tentative tracks: those without a detection go, those with `confirmAfter` detections in a row get an id.
   * On the first frame of a stream one detection is enough.
   */
  settle(confirmAfter: number): void {
    this.drop((track) => track.id === 0 && !this.isSeen(track));
    for (const track of this.tracks) if (track.id === 0 && (track.matches >= confirmAfter || this.frame === 1)) track.id = this.#nextId++;
  }

  /** Forgets tracks. */
  drop(isDropped: (track: Track) => boolean): void {
    let kept = 0;
    for (const track of this.tracks) if (!isDropped(track)) this.tracks[kept++] = track;
    this.tracks.length = kept;
  }

  /** Where a confirmed track that is seen and one that is not stand in nearly the same place, they are one object: the one out of sight goes. */
  dropDoubles(gate: Gate): void {
    this.#sortBySight();
    if (this.#unseenAt.length === 0 || this.#seenAt.length === 0) return;
    this.#pairs.collect(this.#expected, this.#unseenAt, this.#expected, this.#seenAt, gate);
    const { rowStart, rows } = this.#pairs;
    if (rowStart[rows] === 0) return;
    const doubles = new Set<Track>();
    for (let row = 0; row < rows; row++) if (rowStart[row] !== rowStart[row + 1]) doubles.add(this.tracks[this.#unseenAt.items[row]!]!);
    this.drop((track) => doubles.has(track));
  }

  /** Lists confirmed tracks by whether they are seen, and writes where they are now. */
  #sortBySight(): void {
    const { tracks } = this;
    this.#seenAt.clear();
    this.#unseenAt.clear();
    this.#expected = roomFor(this.#expected, tracks.length);
    for (let i = 0; i < tracks.length; i++) {
      const track = tracks[i]!;
      if (track.id === 0) continue;
      (this.isSeen(track) ? this.#seenAt : this.#unseenAt).push(i);
      boxOfMotion(track.motion, this.#expected.boxes, 4 * i);
      this.#expected.classIds[i] = track.classId;
    }
  }

  /** Track id of each detection of this frame, by position; undefined for one that belongs to no confirmed track. */
  answers(): (number | undefined)[] {
    return this.#trackOf.map((track) => (track === undefined || track.id === 0 ? undefined : track.id));
  }

  /**
   * Confirmed tracks seen on the latest frame, moved on to `timeMs`; changes nothing. Each box is that of the detection, moved as its
   * centre moves: it goes on from what was shown last without a jump. @throws Fault INVALID_ARGUMENT when `timeMs` is in the past
   */
  coast(timeMs: number): PredictedTrack[] {
    const dt = this.#clock.ahead(timeMs);
    const predicted: PredictedTrack[] = [];
    for (const track of this.tracks) {
      if (track.id === 0 || !this.isSeen(track) || this.#clock.isOver(track.seenMs, timeMs, this.lostAfterMs)) continue;
      const { id: trackId, motion, box, confidence, classId } = track;
      const [x, y] = [shiftX(motion, dt), shiftY(motion, dt)];
      predicted.push({ trackId, box: { x1: box[0]! + x, y1: box[1]! + y, x2: box[2]! + x, y2: box[3]! + y }, confidence, classId });
    }
    return predicted;
  }
}
