export const CROP_ROWS_PATH: string;
export function cropRowsModule(): Promise<string>;
