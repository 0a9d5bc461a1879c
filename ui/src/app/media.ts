const made = new Map<string, MediaQueryList>();

/** A media query's list, made once: panes ask for the same few each time they draw. */
export function media(query: string): MediaQueryList {
  const list = made.get(query) ?? window.matchMedia(query);
  made.set(query, list);
  return list;
}
