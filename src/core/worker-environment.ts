/**
 * The environment for Ocellus' own threads and processes: ours without NODE_OPTIONS. What is preloaded or inspected there is meant for the
 * program, and would be loaded once more in each of them.
 */
export function workerEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...rest } = process.env;
  return rest;
}
