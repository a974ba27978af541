/** Changes whenever the same model would give other bytes; part of a cached file's name. */
export const FREE_BATCH_CONVERSION = '1';
