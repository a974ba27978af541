import type { Schedulable } from './scheduler.js';

/** Taken places that are left standing before the array is moved up. */
const SLACK = 256;

/** A queued request, its place in the order of arrival, and until when it may stand there. */
export interface Place<T> {
  readonly request: T;
  readonly turn: number;
  readonly untilMs: number;
}

/** Requests of one level and one key, first come first served. */
export class Lane<T extends Schedulable> {
  #places: Place<T>[] = [];
  #head = 0;

  constructor(
    readonly level: number,
    readonly key: string,
  ) {}

  get length(): number {
    return this.#places.length - this.#head;
  }

  /** The request at `index`, 0 being the oldest. */
  at(index: number): Place<T> | undefined {
    return this.#places[this.#head + index];
  }

  push(place: Place<T>): void {
    this.#places.push(place);
  }

  /** Takes the oldest `count` and appends them to `into`. */
  take(count: number, into: T[]): void {
    for (let i = 0; i < count; i++) into.push(this.#places[this.#head + i]!.request);
    this.#head += count;
    if (this.#head === this.#places.length) {
      this.#places.length = 0;
      this.#head = 0;
    } else if (this.#head > SLACK && this.#head * 2 > this.#places.length) {
      this.#places.splice(0, this.#head);
      this.#head = 0;
    }
  }

  /** Takes one request out, wherever it stands. */
  remove(request: T): boolean {
    const index = this.#places.findIndex((place, at) => at >= this.#head && place.request === request);
    if (index >= 0) this.#places.splice(index, 1);
    return index >= 0;
  }

  /** Takes out those that may stand no longer, keeping the order of the rest. */
  takeLate(nowMs: number): readonly Place<T>[] {
    const late: Place<T>[] = [];
    const rest: Place<T>[] = [];
    for (let i = this.#head; i < this.#places.length; i++) {
      const place = this.#places[i]!;
      if (place.untilMs <= nowMs) late.push(place);
      else rest.push(place);
    }
    this.#places = rest;
    this.#head = 0;
    return late;
  }
}
