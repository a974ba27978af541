// The parts of @npmcli/config that Ocellus uses; the package ships no types.
declare module '@npmcli/config' {
  interface ConfigOptions {
    definitions: unknown;
    shorthands: unknown;
    flatten: unknown;
    nerfDarts?: unknown;
    npmPath: string;
    argv?: readonly string[];
    env?: Record<string, string | undefined>;
    platform?: string;
    execPath?: string;
    cwd?: string;
    warn?: boolean;
  }
  class Config {
    constructor(options: ConfigOptions);
    load(): Promise<void>;
    readonly flat: Record<string, unknown>;
  }
  export default Config;
}
declare module '@npmcli/config/lib/definitions/index.js' {
  const parts: { definitions: unknown; shorthands: unknown; flatten: unknown; nerfDarts: unknown };
  export default parts;
}
