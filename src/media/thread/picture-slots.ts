import type { SlotRef } from './protocol.js';

interface Slot {
  readonly id: number;
  readonly memory: SharedArrayBuffer;
  announced: boolean;
}

/** Shared memory for pictures, used again and again. The media thread writes a slot, the steering thread and its models read it until the frame is closed. */
export class PictureSlots {
  readonly #slots = new Map<number, Slot>();
  readonly #free = new Map<number, number[]>();

  /** A slot of exactly `bytes`, of undefined content. */
  take(bytes: number): number {
    const id = this.#free.get(bytes)?.pop() ?? this.#slots.size;
    if (!this.#slots.has(id)) this.#slots.set(id, { id, memory: new SharedArrayBuffer(bytes), announced: false });
    return id;
  }

  give(id: number): void {
    const { byteLength } = this.#slots.get(id)!.memory;
    const free = this.#free.get(byteLength);
    if (free) free.push(id);
    else this.#free.set(byteLength, [id]);
  }

  bytesOf(id: number): Uint8Array {
    return new Uint8Array(this.#slots.get(id)!.memory);
  }

  /** How the other thread is told of the picture; the memory itself travels once. */
  refOf(key: string, id: number): SlotRef {
    const slot = this.#slots.get(id)!;
    if (slot.announced) return { key, slot: id };
    slot.announced = true;
    return { key, slot: id, memory: slot.memory };
  }
}
