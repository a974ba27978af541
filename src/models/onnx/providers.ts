import type { ProviderAttempt } from '../port.js';
import { Fault, fail } from '../../core/index.js';

/** What the runtime's package says of a provider. */
export interface BundledProvider {
  readonly name: string;
  readonly bundled: boolean;
}

/** Where a provider comes from that the npm package does not carry. */
const FETCHED_BY_INSTALL_SCRIPT: ReadonlySet<string> = new Set(['cuda', 'tensorrt']);

/** Why a provider cannot even be tried; undefined when it can. `onDisk` tells whether its library was put beside the package later. */
export function reasonNotToTry(provider: string, known: readonly BundledProvider[], onDisk: (provider: string) => boolean): string | undefined {
  const row = known.find(({ name }) => name === provider);
  if (!row) return `not a provider of this onnxruntime-node; it knows ${known.map(({ name }) => name).join(', ')}`;
  if (row.bundled || onDisk(provider)) return undefined;
  if (!FETCHED_BY_INSTALL_SCRIPT.has(provider)) return 'not bundled with onnxruntime-node on this platform';
  return (
    "its library is not in the npm package; where the internet can be reached, onnxruntime-node's install script fetches it: " +
    'npm rebuild onnxruntime-node --ignore-scripts=false'
  );
}

/** What is usually missing when a provider that is there fails to start. */
const HINTS: readonly { readonly provider: string; readonly text: RegExp; readonly hint: string }[] = [
  {
    provider: 'webgpu',
    text: /adapter|vulkan/i,
    hint: 'no usable GPU through Vulkan: install the GPU driver and the Vulkan loader (Debian and Ubuntu: apt-get install libvulkan1)',
  },
  {
    provider: 'cuda',
    text: /load (?:shared )?library|\.so|\.dll/i,
    hint: 'its libraries do not load: CUDA 12 or 13 with cuDNN 9 must be installed and found by the loader',
  },
  {
    provider: 'tensorrt',
    text: /load (?:shared )?library|\.so|\.dll/i,
    hint: 'its libraries do not load: TensorRT 10 must be installed and found by the loader',
  },
];

/** The runtime's text in one line, without the places in its own sources, after what usually helps. */
export function reasonOfFailure(provider: string, error: unknown): string {
  const text = firstLine(error);
  const hint = HINTS.find((row) => row.provider === provider && row.text.test(text))?.hint;
  return hint ? `${hint} (${text})` : text;
}

/** The sentence in a runtime error that a user can read: its first line, without the runtime's own sources and conditions. */
export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (
    text
      .split('\n')[0]!
      .replace(/^.* was false\. (?=\S)/, '')
      .replaceAll(/\/onnxruntime_src\/\S+/g, '')
      .replaceAll(/\s+/g, ' ')
      .trim() || 'no reason given'
  );
}

/** Tries `open` with each provider in turn. @throws Fault UNSUPPORTED listing every reason; a Fault of `open` itself passes through */
export async function firstThatWorks<S>(
  path: string,
  providers: readonly string[],
  reasonNot: (provider: string) => string | undefined,
  open: (provider: string) => Promise<S>,
): Promise<{ readonly session: S; readonly attempts: readonly ProviderAttempt[] }> {
  if (providers.length === 0) fail('CONFIG_INVALID', 'providers: the list is empty; name at least one, such as cpu');
  const attempts: ProviderAttempt[] = [];
  for (const provider of providers) {
    let reason = reasonNot(provider);
    if (reason === undefined) {
      try {
        const session = await open(provider);
        const rest = providers
          .slice(attempts.length + 1)
          .map((later) => ({ provider: later, taken: false, reason: `not needed: ${provider} works` }));
        return { session, attempts: [...attempts, { provider, taken: true }, ...rest] };
      } catch (error) {
        if (error instanceof Fault) throw error;
        reason = reasonOfFailure(provider, error);
      }
    }
    attempts.push({ provider, taken: false, reason });
  }
  const reasons = attempts.map(({ provider, reason }) => `${provider}: ${reason}`);
  return fail('UNSUPPORTED', `${path}: no execution provider works. ${reasons.join('; ')}`);
}
