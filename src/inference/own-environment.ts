/**
 * The environment for threads and processes of instances: ours without NODE_OPTIONS. What is preloaded or inspected there is meant for the
 * program, not for instances, and would be loaded once more in each of them.
 */
export function ownEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...rest } = process.env;
  return rest;
}
