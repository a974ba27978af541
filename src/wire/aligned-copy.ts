/** Small pieces come from memory that many share; Node marks it as not to be transferred. */
const pooled = (bytes: Uint8Array): Uint8Array => {
  const copy = Buffer.allocUnsafe(bytes.byteLength);
  copy.set(bytes);
  return copy;
};

/** A copy that starts where any element may. In Node small ones cost no memory of their own, which costs more than the copy. */
export const alignedCopy: (bytes: Uint8Array) => Uint8Array = typeof Buffer === 'undefined' ? (bytes) => new Uint8Array(bytes) : pooled;
