/** What the temporal mask names, with its bit: the numbers are NVIDIA's (AR SDK, NvAR temporal filters). */
export const TEMPORAL_BITS = Object.freeze({ box: 0, landmarks: 1, head: 2, expressions: 4, gaze: 5, closure: 8 });

/** Whether a mask asks for that smoothing. Any mask with all of its low 32 bits set asks for all. */
export function smooths(mask: number, what: keyof typeof TEMPORAL_BITS): boolean {
  return ((mask >>> TEMPORAL_BITS[what]) & 1) === 1;
}
