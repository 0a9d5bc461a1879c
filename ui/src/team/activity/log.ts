import { Check, type LucideIcon, NotebookPen, Phone } from "lucide-react";
import { api } from "../../api/commands.ts";
import type { Translate } from "../../i18n/language.tsx";

/** What can be written down in one line. */
export type LogKind = "call" | "note" | "task";

export const LOG_KINDS: readonly LogKind[] = ["call", "note", "task"];

export const LOG_ICONS: Readonly<Record<LogKind, LucideIcon>> = {
  call: Phone,
  note: NotebookPen,
  task: Check,
};

/** The line of Markdown that says it: a call tells when it was. */
export function lineOf(
  kind: Exclude<LogKind, "task">,
  text: string,
  when: string,
  t: Translate,
): string {
  const words = text.trim().replace(/\s+/g, " ");
  switch (kind) {
    case "call":
      return `- ${t("toolbar.log.callLine", { when, text: words })}`;
    case "note":
      return `- ${words}`;
  }
}

/** Puts a line at the end of a shared note: it merges with what others write there meanwhile. */
export async function writeLine(subject: string, line: string): Promise<void> {
  const { text, revision } = await api.note(subject);
  const begun = text !== "" && !text.endsWith("\n");
  await api.editNote({
    subject,
    revision,
    splices: [{ at: [...text].length, del: 0, insert: `${begun ? "\n" : ""}${line}\n` }],
  });
}
