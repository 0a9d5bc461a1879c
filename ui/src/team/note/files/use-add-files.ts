import type { EditorView } from "@codemirror/view";
import { useCallback, useState } from "react";
import type { KeptNoteFile } from "../../../api/bindings.ts";
import { api } from "../../../api/commands.ts";
import { showFailure } from "../../../api/show-failure.ts";
import { showToast } from "../../../components/toasts.ts";
import { useT } from "../../../i18n/language.tsx";
import { insertLinks, nameOf, toKeep, unfit } from "./adding.ts";

/** Keeps files and names them in the note; `adding` is how many are on their way into the store. */
export function useAddFiles(view: EditorView | null) {
  const t = useT();
  const [adding, setAdding] = useState(0);
  const keep = useCallback(
    async (file: File): Promise<KeptNoteFile | null> => {
      const name = nameOf(file, new Date());
      const why = unfit(file);
      if (why !== null) {
        const key = why === "empty" ? "team.files.empty" : "team.files.large";
        showToast({ tone: "error", text: t(key, { name }), action: null, seconds: null });
        return null;
      }
      try {
        return await api.keepNoteFile(await toKeep(file, name));
      } catch (error) {
        showFailure(t, "team.files.addFailed", error);
        return null;
      }
    },
    [t],
  );
  const add = useCallback(
    async (files: readonly File[]): Promise<boolean> => {
      if (view === null || files.length === 0) return false;
      setAdding((n) => n + files.length);
      const kept: KeptNoteFile[] = [];
      for (const file of files) {
        // One after the other: each may be 25 MB in memory.
        const one = await keep(file);
        if (one !== null) kept.push(one);
        setAdding((n) => n - 1);
      }
      insertLinks(view, kept);
      return kept.length === files.length;
    },
    [view, keep],
  );
  return { add, adding };
}
