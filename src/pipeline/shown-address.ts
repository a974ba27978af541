/** An address as it may be shown: credentials and what stands behind `?` or `#`, where keys are passed, stay out of it. Paths and `synthetic:` scenes stay as they are. */
export function shownAddress(uri: string): string {
  const [whole, scheme, place] = /^([a-z][a-z0-9+.-]*:\/\/)([^?#]*)/is.exec(uri) ?? [];
  if (whole === undefined) return uri;
  return `${scheme}${place!.replace(/^[^/]*@/, '')}`;
}
