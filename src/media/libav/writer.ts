import type { VideoWriter, WriterOptions } from '../port.js';
import { fail } from '../../core/index.js';
export async function createLibavWriter(path: string, _options: WriterOptions): Promise<VideoWriter> {
  return fail('UNSUPPORTED', path);
}
