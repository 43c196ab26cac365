/** The parts of a URL that a dispatcher asks for. */

/** The origin, and the path with its query. Throws a TypeError for a text that is no URL. */
export function requestTarget(url: string): { origin: string; path: string } {
  const { origin, pathname, search } = new URL(url);
  return { origin, path: pathname + search };
}
