/** What was begun at the caret: a template (`/`) or a value (`{{`), from where on, and what was typed of it. */
export type Begun = { kind: "template" | "value"; from: number; query: string };

/** Longer than any name of a template that somebody would still type. */
const LONGEST = 40;

/**
 * A `/` that begins a line with nothing behind it, or `{{` anywhere; `before` and `after` are the words around the caret.
 *
 * A slash within words is a slash: dates, paths and "and/or" are left alone.
 */
export function begunAt(before: string, after: string): Begun | null {
  const line = before.slice(before.lastIndexOf("\n") + 1);
  const value = /\{\{([\p{L}\p{N}_.]*)$/u.exec(line);
  if (value !== null) {
    return { kind: "value", from: before.length - value[0].length, query: value[1] ?? "" };
  }
  const [rest = ""] = after.split("\n", 1);
  const template = /^\/((?![\s/])[^/]*)?$/u.exec(line);
  if (template === null || rest.trim() !== "" || line.length > LONGEST) return null;
  return { kind: "template", from: before.length - line.length, query: template[1] ?? "" };
}

/** Words as they are compared: without accents and capitals. */
export const folded = (text: string): string =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Every word that was typed stands in one of the texts. */
export const fits = (query: string, ...texts: readonly string[]): boolean => {
  const all = folded(texts.join(" "));
  return folded(query)
    .split(/\s+/u)
    .every((word) => all.includes(word));
};
