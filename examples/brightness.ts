import type { Algorithm, AlgorithmFrame, RunContext } from 'ocellus/pipeline';

/** Settings of the node in brightness.yaml. */
interface Settings {
  /** Mean, 0 to 255, below which a frame is dark. */
  readonly darkBelow: number;
}

/** Mean brightness, and what becomes of it over the frames of one run. */
export default class Brightness implements Algorithm<{ mean: number; change: number; dark: boolean }, Settings> {
  #darkBelow = 0;

  init({ darkBelow }: Settings): void {
    this.#darkBelow = darkBelow;
  }

  async run(frames: readonly AlgorithmFrame[], context: RunContext): Promise<{ mean: number; change: number; dark: boolean }> {
    const means = await Promise.all(frames.map(meanOf));
    const mean = means.at(-1)!;
    const dark = mean < this.#darkBelow;
    const text = `${dark ? 'dark' : 'light'}: ${mean.toFixed(0)}`;
    context.draw({ kind: 'text', text, at: { x: 8, y: 8 }, colour: [255, 255, 255], plate: [0, 0, 0], heightPx: 20 });
    return { mean, change: mean - means[0]!, dark };
  }
}

/** A small gray picture is enough for a mean, and costs little. */
async function meanOf(frame: AlgorithmFrame): Promise<number> {
  const gray = await frame.picture({ size: { width: 64, height: 36 }, order: 'gray', layout: 'packed' });
  return gray.reduce((sum, value) => sum + value, 0) / gray.length;
}
