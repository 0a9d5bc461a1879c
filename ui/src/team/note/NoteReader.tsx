import { markdown, markdownLanguage } from "@codemirror/lang-markdown";
import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { useT } from "../../i18n/language.tsx";
import styles from "./NoteEditor.module.css";
import { noteWords, rendered } from "./rendered.ts";

type Props = { text: string; label: string; members: readonly string[] };

/** A note to read: it looks as in the editor, and nothing can be changed. */
export function NoteReader({ text, label, members }: Props) {
  const t = useT();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (place.current === null) return;
    const view = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: text,
        extensions: [
          EditorState.lineSeparator.of("\n"),
          EditorState.readOnly.of(true),
          EditorView.editable.of(false),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
          markdown({ base: markdownLanguage, completeHTMLTags: false }),
          noteWords.of({ members, tick: t("team.note.tick"), followLink: "" }),
          rendered(() => undefined),
        ],
      }),
    });
    return () => view.destroy();
  }, [text, label, members, t]);
  return <div ref={place} className={styles.editor} data-selectable />;
}
