/** Path from the project's folder to the text that should be there. */
export function wasmModules(): Promise<Readonly<Record<string, string>>>;
