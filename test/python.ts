import { spawnSync } from 'node:child_process';

/** The Python that end-to-end tests use: one with packages of its own may be named. */
export const PYTHON = process.env['OCELLUS_TEST_PYTHON'] ?? 'python3';

/** Test options: skips with a message where the condition does not hold. */
export const needs = (there: boolean, what: string) => ({
  skip: there ? (false as const) : `needs ${what} for ${PYTHON} (name another Python with OCELLUS_TEST_PYTHON)`,
});

/** Test options: skips where {@link PYTHON} cannot import `modules`; `what` names the packages they come in. */
export const needsModules = (modules: string, what: string) =>
  needs(spawnSync(PYTHON, ['-c', `import ${modules}`], { stdio: 'ignore' }).status === 0, what);
