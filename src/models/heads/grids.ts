import type { Size } from '../../core/index.js';

/** The cells of one grid over the model's picture, row by row. */
export interface Grid {
  /** Pixels between cells. */
  readonly stride: number;
  readonly columns: number;
  readonly rows: number;
  readonly cells: number;
}

/** A grid for each stride; a last cell that only part of the picture fills counts. */
export function gridsOf(strides: readonly number[], { width, height }: Size): Grid[] {
  return strides.map((stride) => {
    const columns = Math.ceil(width / stride);
    const rows = Math.ceil(height / stride);
    return { stride, columns, rows, cells: columns * rows };
  });
}

/** Cells of all grids together. */
export const cellsOf = (grids: readonly Grid[]): number => grids.reduce((sum, { cells }) => sum + cells, 0);
