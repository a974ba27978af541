import { getRandomValues } from 'node:crypto';
import { DataType, type ModelConfig, type ModelSequenceBatching, ModelSequenceBatching_Control_Kind as Kind } from '../../wire/index.js';

/** The rules of a model whose clients name their sequences; undefined for other models. */
export function sequencesOf({ schedulingChoice }: ModelConfig): ModelSequenceBatching | undefined {
  return schedulingChoice.case === 'sequenceBatching' && !schedulingChoice.value.iterativeSequence ? schedulingChoice.value : undefined;
}

function idType({ controlInput }: ModelSequenceBatching): DataType {
  for (const { control } of controlInput) for (const { kind, dataType } of control) if (kind === Kind.CONTROL_SEQUENCE_CORRID) return dataType;
  return DataType.TYPE_UINT64;
}

/** Bits of an id: those of a JSON number, or what a control of 32 bits holds. */
const WIDE = 2n ** 52n - 1n;
const NARROW = 2n ** 31n - 1n;

/**
 * A random id of the type that the model's control wants.
 * @param fits whether an id will do; the last of `tries` is taken when only free ones are left to want
 */
export function newSequenceId(
  rules: ModelSequenceBatching,
  isFree: (id: bigint | string) => boolean,
  fits: (id: bigint | string) => boolean,
): bigint | string {
  const type = idType(rules);
  const mask = type === DataType.TYPE_INT32 || type === DataType.TYPE_UINT32 ? NARROW : WIDE;
  for (let tries = 0; ; tries++) {
    const number = getRandomValues(new BigUint64Array(1))[0]! & mask;
    const id = type === DataType.TYPE_STRING ? number.toString(36) : number;
    if (number !== 0n && isFree(id) && (tries >= MOST_TRIES || fits(id))) return id;
  }
}

/** Of n servers every n-th id prefers the wanted one; with hundreds of them a lesser choice is good enough. */
const MOST_TRIES = 1000;
