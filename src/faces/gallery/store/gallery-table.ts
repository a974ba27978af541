import { didYouMean } from '../../../core/index.js';
import { noSuchFace, noSuchPerson, refuseOtherLength } from '../enrolment-rules.js';
import type { Face, GalleryCounts, Match, Person } from '../port.js';
import type { FaceVector } from '../../port.js';
import { VectorIndex } from '../search/vector-index.js';

/** A face in memory: what is known of it, and where the rest lies in the store's file. */
export interface TableFace {
  readonly face: Face;
  readonly position: number;
}

interface ModelShelf {
  readonly index: VectorIndex;
  readonly byDigest: Map<string, number>;
}

/** Everything the embedded gallery knows, in memory. It decides nothing and writes nothing: changes are applied as they were recorded. */
export class GalleryTable {
  readonly #faces = new Map<number, TableFace>();
  readonly #people = new Map<string, number[]>();
  readonly #models = new Map<string, ModelShelf>();
  /** The number that the next face gets. */
  nextId = 1;
  #nextExpiryMs = Infinity;

  /** Puts a face in, in place of the one with its number. @throws Fault RESOURCE_EXHAUSTED, INVALID_ARGUMENT */
  add(face: Face, values: Float32Array, position: number): void {
    this.remove(face.id);
    const shelf = this.#shelfOf({ model: face.model, values });
    shelf.index.add(face.id, values);
    shelf.byDigest.set(face.digest, face.id);
    this.#faces.set(face.id, { face, position });
    this.#of(face.person).push(face.id);
    this.nextId = Math.max(this.nextId, face.id + 1);
    if (face.expiresAt !== undefined) this.#nextExpiryMs = Math.min(this.#nextExpiryMs, Date.parse(face.expiresAt));
  }

  #shelfOf(vector: FaceVector): ModelShelf {
    this.checkLength(vector);
    const held = this.#models.get(vector.model);
    if (held) return held;
    const shelf = { index: new VectorIndex(vector.values.length), byDigest: new Map<string, number>() };
    this.#models.set(vector.model, shelf);
    return shelf;
  }

  /** @throws Fault INVALID_ARGUMENT when the vector is not as long as those of its model */
  checkLength(vector: FaceVector): void {
    const held = this.#models.get(vector.model);
    if (held && held.index.dimensions !== vector.values.length) refuseOtherLength(vector, held.index.dimensions);
  }

  #of(person: string): number[] {
    const held = this.#people.get(person);
    if (held) return held;
    const ids: number[] = [];
    this.#people.set(person, ids);
    return ids;
  }

  /** Takes a face out; its vector is overwritten in memory. Answers where it lay in the file, or undefined when it is not there. */
  remove(id: number): number | undefined {
    const held = this.#faces.get(id);
    if (held === undefined) return undefined;
    const { person, model, digest } = held.face;
    const shelf = this.#models.get(model)!;
    shelf.index.remove(id);
    if (shelf.byDigest.get(digest) === id) shelf.byDigest.delete(digest);
    if (shelf.index.size === 0) this.#models.delete(model);
    this.#faces.delete(id);
    const others = this.#people.get(person)!;
    others.splice(others.indexOf(id), 1);
    if (others.length === 0) this.#people.delete(person);
    return held.position;
  }

  /** Puts all faces under one name under another, which may be in use. */
  rename(from: string, to: string): void {
    const ids = this.#people.get(from) ?? [];
    this.#people.delete(from);
    for (const id of ids) {
      const { face, position } = this.#faces.get(id)!;
      this.#faces.set(id, { face: { ...face, person: to }, position });
    }
    this.#people.set(
      to,
      [...(this.#people.get(to) ?? []), ...ids].toSorted((a, b) => a - b),
    );
  }

  /** Says where faces lie after the file was written anew. */
  place(id: number, position: number): void {
    const { face } = this.face(id);
    this.#faces.set(id, { face, position });
  }

  /** @throws Fault NOT_FOUND */
  face(id: number): TableFace {
    return this.#faces.get(id) ?? noSuchFace(id);
  }

  /** Where the face with this number lies; undefined when there is none. */
  positionOf(id: number): number | undefined {
    return this.#faces.get(id)?.position;
  }

  /** How many faces there are. */
  get size(): number {
    return this.#faces.size;
  }

  /** Numbers of all faces, in order. */
  ids(): number[] {
    return [...this.#faces.keys()].toSorted((a, b) => a - b);
  }

  /** Numbers of a person's faces. @throws Fault NOT_FOUND */
  idsOf(person: string): readonly number[] {
    return this.#people.get(person) ?? noSuchPerson(person, didYouMean(person, [...this.#people.keys()]));
  }

  hasPerson(name: string): boolean {
    return this.#people.has(name);
  }

  people(): Person[] {
    const names = new Intl.Collator('en').compare;
    return [...this.#people].map(([name, ids]) => ({ name, faces: ids.length })).toSorted((a, b) => names(a.name, b.name));
  }

  counts(): GalleryCounts {
    const models = [...this.#models].map(([model, { index }]) => [model, index.size] as const);
    return { people: this.#people.size, faces: this.#faces.size, models: Object.fromEntries(models) };
  }

  /** The face of this picture among those of a model. */
  samePicture(model: string, digest: string): Face | undefined {
    const id = this.#models.get(model)?.byDigest.get(digest);
    return id === undefined ? undefined : this.face(id).face;
  }

  /** @throws Fault INVALID_ARGUMENT when the vector is not as long as those of its model */
  nearest(vector: FaceVector, limit: number): Match[] {
    if (!this.#models.has(vector.model)) return [];
    return this.#shelfOf(vector)
      .index.nearest(vector.values, limit)
      .map(({ id, distance }) => ({ face: id, person: this.face(id).face.person, distance }));
  }

  /** Numbers of the faces whose time is over. */
  expired(nowMs: number): number[] {
    if (nowMs < this.#nextExpiryMs) return [];
    const mortal = [...this.#faces.values()].flatMap(({ face: { id, expiresAt } }) =>
      expiresAt === undefined ? [] : [{ id, ms: Date.parse(expiresAt) }],
    );
    this.#nextExpiryMs = mortal.reduce((least, { ms }) => Math.min(least, ms), Infinity);
    return mortal.filter(({ ms }) => ms <= nowMs).map(({ id }) => id);
  }
}
