/** What is selected in the editor, by its own positions; both ends equal for a bare caret. */
export type Caret = { from: number; to: number };

/**
 * Where a selection of the plain text lies in the formatted one made from it (`textToHtml`).
 *
 * Both count alike: a line break is one step, the end of a paragraph two, as its two line feeds are; the
 * editor begins at 1. Only longer gaps, which become one paragraph's end, have to be taken out.
 */
export const caretOf = (text: string, start: number, end: number): Caret => {
  const at = (offset: number) => text.slice(0, offset).replace(/\n{3,}/gu, "\n\n").length + 1;
  return { from: at(start), to: at(end) };
};
