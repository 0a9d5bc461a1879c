/** The shape of a formatted text that matters here; the editor's JSON fits it. */
export type RichNode = {
  type?: string;
  text?: string;
  marks?: { type: string; attrs?: Record<string, unknown> | undefined }[] | undefined;
  attrs?: Record<string, unknown> | undefined;
  content?: RichNode[] | undefined;
};

/**
 * The plain twin of a formatted text, for readers without HTML: lists with dashes or numbers, quotes with `>`,
 * a link's address behind its words when they differ.
 */
export const plainText = (node: RichNode): string => blocks(node.content ?? []).join("\n\n");

const blocks = (nodes: RichNode[]): string[] => nodes.map(block);

const block = (node: RichNode): string => {
  const inner = node.content ?? [];
  switch (node.type) {
    case "bulletList":
      return inner.map((item) => listItem(item, "- ")).join("\n");
    case "orderedList":
      return inner
        .map((item, index) => listItem(item, `${Number(node.attrs?.start ?? 1) + index}. `))
        .join("\n");
    case "blockquote":
      return blocks(inner)
        .join("\n\n")
        .split("\n")
        .map((line) => (line === "" ? ">" : `> ${line}`))
        .join("\n");
    default:
      return inner.map(inline).join("");
  }
};

const listItem = (item: RichNode, mark: string): string =>
  mark +
  blocks(item.content ?? [])
    .join("\n")
    .replaceAll("\n", `\n${" ".repeat(mark.length)}`);

const inline = (node: RichNode): string => {
  if (node.type === "hardBreak") return "\n";
  const text = node.text ?? "";
  const href = node.marks?.find((mark) => mark.type === "link")?.attrs?.href;
  if (typeof href !== "string" || href === text || href === `mailto:${text}`) return text;
  return href === `https://${text}` ? text : `${text} (${href})`;
};
