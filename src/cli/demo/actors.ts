import type { CutOut } from './cut-out.js';
import type { PersonName } from './people.js';
import { type Walker, whereabouts } from './plan.js';
import { type Pose, type Sprite, mirrored, toSprite } from './sprite.js';
import { AIR } from './stage.js';

/** A walker with pictures to draw. */
export interface Actor {
  readonly walker: Walker;
  /** As the walker comes in, and after turning round. */
  readonly coming: Sprite;
  readonly going: Sprite;
}

/** Someone who looks to one side is mirrored to look where they go; others for variety, unless they wear letters. */
const isMirrored = ({ who, from }: Walker): boolean => {
  const towards = from === 'left' ? 'right' : 'left';
  if (who.facing) return who.facing !== towards;
  return !who.lettered && towards === 'left';
};

/** Gives each walker their picture, at the size that their path asks for. */
export function castActors(walkers: readonly Walker[], cutOuts: ReadonlyMap<PersonName, CutOut>): Actor[] {
  return walkers.map((walker) => {
    const { lane, seen, person, who } = walker;
    const plain = toSprite(cutOuts.get(person)!, Math.round(seen * lane.scale), { colour: AIR, share: lane.haze });
    const flipped = who.lettered ? plain : mirrored(plain);
    const coming = isMirrored(walker) ? flipped : plain;
    return { walker, coming, going: coming === plain ? flipped : plain };
  });
}

/** A picture and where it goes. */
export interface Appearance {
  readonly sprite: Sprite;
  readonly pose: Pose;
}

/** How an actor is drawn `seconds` into the scene: one picture, or two in the middle of turning round. */
export function appearances({ walker, coming, going }: Actor, seconds: number): Appearance[] {
  const { x, top, lean, turned } = whereabouts(walker, seconds);
  const show = (sprite: Sprite, opacity: number): Appearance => ({
    sprite,
    pose: { x: x - sprite.size.width / 2, y: top - 1, lean, opacity },
  });
  // First the new picture fades in over the old, then the old fades out behind it: where both are, nothing shines through.
  return [show(coming, Math.min(1, 2 - 2 * turned)), show(going, Math.min(1, 2 * turned))].filter(({ pose }) => pose.opacity > 0);
}
