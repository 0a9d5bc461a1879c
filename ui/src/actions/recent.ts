const NAME = "kontor.actions";
/** More than the palette shows at once would never be seen. */
const KEPT = 6;

/** Ids of actions chosen in the palette, the newest first. */
export function recentActions(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(NAME) ?? "[]");
    return Array.isArray(kept) ? kept.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}

export function rememberAction(id: string): void {
  const ids = [id, ...recentActions().filter((other) => other !== id)].slice(0, KEPT);
  localStorage.setItem(NAME, JSON.stringify(ids));
}
