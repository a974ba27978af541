/** Types of HTTP/2 frames that are known here. */
export const FRAME = Object.freeze({
  DATA: 0,
  HEADERS: 1,
  PRIORITY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PUSH_PROMISE: 5,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
});

/** Flags of frames. `END_STREAM` and `ACK` are one bit, on frames of different types. */
export const FLAG = Object.freeze({ END_STREAM: 1, ACK: 1, END_HEADERS: 4, PADDED: 8, PRIORITY: 32 });

/** Why a stream or a connection ends. */
export const REASON = Object.freeze({
  NO_ERROR: 0,
  PROTOCOL_ERROR: 1,
  INTERNAL_ERROR: 2,
  FLOW_CONTROL_ERROR: 3,
  STREAM_CLOSED: 5,
  FRAME_SIZE_ERROR: 6,
  REFUSED_STREAM: 7,
  CANCEL: 8,
  COMPRESSION_ERROR: 9,
  ENHANCE_YOUR_CALM: 11,
});

/** Settings by their number. */
export const SETTING = Object.freeze({
  ENABLE_PUSH: 2,
  MAX_CONCURRENT_STREAMS: 3,
  INITIAL_WINDOW_SIZE: 4,
  MAX_FRAME_SIZE: 5,
  MAX_HEADER_LIST_SIZE: 6,
});

/** Bytes before the content of a frame. */
export const HEAD_BYTES = 9;
/** What a client says first. */
export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
/** What a window is before anybody says otherwise, and how far it may grow. */
export const DEFAULT_WINDOW_BYTES = 65_535;
/** See {@link DEFAULT_WINDOW_BYTES}. */
export const MAX_WINDOW_BYTES = 2 ** 31 - 1;
/** Content of a frame that any peer takes. */
export const DEFAULT_FRAME_BYTES = 16_384;

/** Writes the head of a frame at `at`, and gives where its content begins. */
export function writeFrameHead(into: Buffer, at: number, length: number, type: number, flags: number, stream: number): number {
  into[at] = length >>> 16;
  into[at + 1] = length >>> 8;
  into[at + 2] = length;
  into[at + 3] = type;
  into[at + 4] = flags;
  into[at + 5] = stream >>> 24;
  into[at + 6] = stream >>> 16;
  into[at + 7] = stream >>> 8;
  into[at + 8] = stream;
  return at + HEAD_BYTES;
}

/** The head of a frame by itself. */
export function frameHead(length: number, type: number, flags: number, stream: number): Buffer {
  const head = Buffer.allocUnsafe(HEAD_BYTES);
  writeFrameHead(head, 0, length, type, flags, stream);
  return head;
}

/** A frame of 32-bit numbers. */
export function numbersFrame(type: number, flags: number, stream: number, ...numbers: readonly number[]): Buffer {
  const frame = Buffer.allocUnsafe(HEAD_BYTES + numbers.length * 4);
  let at = writeFrameHead(frame, 0, numbers.length * 4, type, flags, stream);
  for (const number of numbers) at = frame.writeUInt32BE(number, at);
  return frame;
}

/** A SETTINGS frame. */
export function settingsFrame(settings: readonly (readonly [setting: number, value: number])[]): Buffer {
  const frame = Buffer.allocUnsafe(HEAD_BYTES + settings.length * 6);
  let at = writeFrameHead(frame, 0, settings.length * 6, FRAME.SETTINGS, 0, 0);
  for (const [setting, value] of settings) at = frame.writeUInt32BE(value, frame.writeUInt16BE(setting, at));
  return frame;
}

/** A header block as one frame, or as several where it is longer than the peer takes. */
export function headersFrames(block: Uint8Array, stream: number, endStream: boolean, maxBytes = DEFAULT_FRAME_BYTES): Buffer[] {
  const frames: Buffer[] = [];
  for (let from = 0; from === 0 || from < block.byteLength; from += maxBytes) {
    const piece = block.subarray(from, from + maxBytes);
    const flags = (from + maxBytes >= block.byteLength ? FLAG.END_HEADERS : 0) | (from === 0 && endStream ? FLAG.END_STREAM : 0);
    const frame = Buffer.allocUnsafe(HEAD_BYTES + piece.byteLength);
    frame.set(piece, writeFrameHead(frame, 0, piece.byteLength, from === 0 ? FRAME.HEADERS : FRAME.CONTINUATION, flags, stream));
    frames.push(frame);
  }
  return frames;
}
