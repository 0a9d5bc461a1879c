/** The words of a note without the signs that format them: enough to read its first lines. */
export function plainWords(markdown: string): string {
  return markdown
    .split("\n")
    .map((line) =>
      line
        .replace(/^\s*(?:#{1,6}\s+|>\s?)/, "")
        .replace(/^\s*[-*+]\s+\[x\]\s+/i, "✓ ")
        .replace(/^\s*[-*+]\s+(?:\[ \]\s+)?/, "· ")
        .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
        .replace(/(\*\*|__)(.+?)\1/g, "$2")
        .replace(/(?<![\p{L}\p{N}])[*_](.+?)[*_](?![\p{L}\p{N}])/gu, "$1")
        .trimEnd(),
    )
    .join("\n")
    .replace(/\n{2,}/g, "\n")
    .trim();
}
