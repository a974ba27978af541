/** What the first bytes of a video tell about reading it while it comes: undefined when more are needed. */
export type Streamable = boolean | undefined;

/** An index or pictures that begin later than this are not looked for. */
const MAX_HEAD_BYTES = 1 << 20;
const EBML = 0x1a45dfa3;
/** Boxes that may stand before the index and say nothing about it. */
const PASSED = new Set(['ftyp', 'styp', 'free', 'skip', 'wide', 'uuid', 'pdin', 'sidx', 'meta', 'udta']);

/** Size of the box at `at`, or undefined where its head is not there yet; 0 is up to the end of the file. */
function sizeAt(head: DataView, at: number): number | undefined {
  if (at + 8 > head.byteLength) return undefined;
  const short = head.getUint32(at);
  if (short !== 1) return short;
  return at + 16 > head.byteLength ? undefined : Number(head.getBigUint64(at + 8));
}

/**
 * Whether a video can be read front to back: in an MP4 or MOV, the index (`moov`) stands before the pictures (`mdat`); WebM and Matroska
 * always can. `head` is the file's beginning, as much of it as has come.
 */
export function streamsFromFront(head: Uint8Array): Streamable {
  if (head.byteLength < 8) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (view.getUint32(0) === EBML) return true;
  for (let at = 0; at < MAX_HEAD_BYTES;) {
    const size = sizeAt(view, at);
    if (size === undefined) return undefined;
    const type = String.fromCharCode(...head.subarray(at + 4, at + 8));
    if (type === 'moov') return true;
    if (!PASSED.has(type) || size < 8) return false;
    at += size;
  }
  return false;
}
