import { elementCount, fail } from '../core/index.js';

const MAX_ELEMENTS = 2n ** 63n - 1n;

/** Checks the shape that a client gave to an input, in Triton's words. @throws Fault INVALID_ARGUMENT */
export function checkShape(name: string, shape: readonly number[]): void {
  const refuse = (why: string): never => fail('INVALID_ARGUMENT', `invalid shape for input '${name}': shape [${shape.join(',')}] ${why}`);
  if (shape.some((size) => !Number.isInteger(size) || size < 0)) refuse('contains one or more invalid dimensions');
  if (!Number.isSafeInteger(elementCount(shape))) refuse(`causes total element count to exceed maximum size of ${MAX_ELEMENTS}`);
}
