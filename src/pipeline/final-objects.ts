import type { Attribute, KeyPoints, ObjectEmbedding, ObjectMeta } from '../core/index.js';
import type { Draft, NodeFindings, Said } from './nodes/board.js';

/** All that other nodes say of one object. */
interface Sayings {
  readonly attributes: Attribute[];
  readonly points: KeyPoints[];
  readonly embeddings: ObjectEmbedding[];
}

function add(sayings: Map<Draft, Sayings>, { of, attributes, points, embedding }: Said): void {
  let known = sayings.get(of);
  if (!known) sayings.set(of, (known = { attributes: [...of.attributes], points: [], embeddings: [] }));
  known.attributes.push(...attributes);
  if (points) known.points.push(points);
  if (embedding) known.embeddings.push(embedding);
}

/** In the order of the nodes, whichever was done first; nothing where no node says anything. */
function gathered(findings: readonly NodeFindings[]): ReadonlyMap<Draft, Sayings> | undefined {
  let sayings: Map<Draft, Sayings> | undefined;
  for (const { said } of findings) if (said?.length) for (const each of said) add((sayings ??= new Map()), each);
  return sayings;
}

/** The object that a draft becomes where nothing is known beyond the draft. Written out, not spread: this runs for every object of every frame. */
export function plainObject({ node, label, classId, confidence, box, attributes, trackId }: Draft, id: number): ObjectMeta {
  return trackId === undefined
    ? { id, node, label, classId, confidence, box, attributes }
    : { id, node, label, classId, confidence, box, attributes, trackId };
}

function full(draft: Draft, id: number, parent: ObjectMeta | undefined, said: Sayings | undefined): ObjectMeta {
  const points = [...(draft.points ? [draft.points] : []), ...(said?.points ?? [])];
  return {
    ...plainObject(draft, id),
    ...(parent ? { parentId: parent.id } : {}),
    ...(said ? { attributes: said.attributes } : {}),
    ...(points.length > 0 ? { points } : {}),
    ...(said?.embeddings.length ? { embeddings: said.embeddings } : {}),
  };
}

/**
 * Makes objects of the drafts of all nodes, which come in an order in which each stands behind those it reads: so an object stands behind its
 * parent. `given` is told which draft became which object.
 */
export function finalObjects(findings: readonly NodeFindings[], given: Map<Draft, ObjectMeta>): readonly ObjectMeta[] {
  const sayings = gathered(findings);
  const objects: ObjectMeta[] = [];
  for (const { made } of findings)
    for (const draft of made) {
      const said = sayings?.get(draft);
      const { parent, points } = draft;
      const object = said || parent || points ? full(draft, objects.length, parent && given.get(parent), said) : plainObject(draft, objects.length);
      objects.push(object);
      given.set(draft, object);
    }
  return objects;
}
