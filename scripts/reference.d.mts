/** Path from the project's folder to the text that should be there. */
export function referencePages(): Readonly<Record<string, string>>;
