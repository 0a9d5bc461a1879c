/** Where a text matches: start and end of the piece to underline. */
export type Span = readonly [start: number, end: number];

/** Small letters without accents, letter by letter, so that positions stay: `Račun` is `racun`. */
export function fold(text: string): string {
  return [...text]
    .map((letter) => {
      const bare = letter.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
      return bare.length === letter.length ? bare : letter.toLowerCase();
    })
    .join("");
}

/**
 * Finds a search in a title: at the start of a word first, else anywhere from two letters on.
 *
 * Null when it is not there. The smaller the rank, the better: start of title, of a word, inside.
 */
export function findIn(title: string, search: string): { span: Span; rank: number } | null {
  const text = fold(title);
  const wanted = fold(search.trim());
  if (wanted === "") return { span: [0, 0], rank: 0 };
  const words = [...text.matchAll(/[\p{L}\p{N}]+/gu)];
  const word = words.find((found) => text.startsWith(wanted, found.index));
  if (word)
    return { span: [word.index, word.index + wanted.length], rank: word.index === 0 ? 0 : 1 };
  if (wanted.length < 2) return null;
  const inside = text.indexOf(wanted);
  return inside < 0 ? null : { span: [inside, inside + wanted.length], rank: 2 };
}
