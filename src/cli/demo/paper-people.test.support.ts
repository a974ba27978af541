import type { CutOut } from './cut-out.js';
import { PEOPLE, type PersonName } from './people.js';

/** People of coloured paper, wholly solid rectangles of 60 by 100: what scenes of tests are cast with, so that they need neither photographs nor net. */
export function paperPeople(): Map<PersonName, CutOut> {
  const size = { width: 60, height: 100 };
  return new Map(
    (Object.entries(PEOPLE) as [PersonName, (typeof PEOPLE)[PersonName]][]).map(([name, person], i) => {
      const rgba = new Float32Array(size.width * size.height * 4);
      for (let at = 0; at < rgba.length; at += 4) rgba.set([40 + i * 20, 200 - i * 15, (i * 70) % 255, 1], at);
      return [name, { person, size, rgba }];
    }),
  );
}
