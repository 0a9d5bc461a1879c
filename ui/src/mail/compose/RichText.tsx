import type { Editor } from "@tiptap/core";
import { Blockquote } from "@tiptap/extension-blockquote";
import { Bold } from "@tiptap/extension-bold";
import { Document } from "@tiptap/extension-document";
import { HardBreak } from "@tiptap/extension-hard-break";
import { Italic } from "@tiptap/extension-italic";
import { Link } from "@tiptap/extension-link";
import { BulletList, ListItem, OrderedList } from "@tiptap/extension-list";
import { Paragraph } from "@tiptap/extension-paragraph";
import { Text } from "@tiptap/extension-text";
import { UndoRedo } from "@tiptap/extensions";
import { EditorContent, useEditor } from "@tiptap/react";
import { useEffect, useRef } from "react";
import type { Caret } from "./caret.ts";
import { plainText } from "./rich-plain.ts";

type Props = {
  /** What it begins with. Later changes are its own: writing them back would fight with the typing. */
  html: string;
  label: string;
  className: string | undefined;
  onChange: (html: string, text: string) => void;
  onEditor: (editor: Editor | null) => void;
  /** Selected when the editor appears. */
  caret: Caret;
};

// What every mail program shows alike; colours, sizes and pictures stay out on purpose.
const EXTENSIONS = [
  Document,
  Paragraph,
  Text,
  Bold,
  Italic,
  HardBreak,
  BulletList,
  OrderedList,
  ListItem,
  Blockquote,
  UndoRedo,
  Link.configure({
    openOnClick: false,
    autolink: true,
    defaultProtocol: "https",
    protocols: ["http", "https", "mailto"],
    HTMLAttributes: { target: null, rel: null },
  }),
];

/** The body with simple formatting. Loaded only when someone formats: most answers are plain text. */
export function RichText({ html, label, className, onChange, onEditor, caret }: Props) {
  const editor = useEditor({
    extensions: EXTENSIONS,
    content: html,
    editorProps: {
      attributes: {
        role: "textbox",
        "aria-multiline": "true",
        "aria-label": label,
        ...(className === undefined ? {} : { class: className }),
      },
    },
    onUpdate: ({ editor: now }) => onChange(now.getHTML(), plainText(now.getJSON())),
  });
  const start = useRef(caret);
  useEffect(() => {
    // The caret first: the tool that brought formatting on works where it stands.
    placeCaret(editor, start.current);
    onEditor(editor);
    return () => onEditor(null);
  }, [editor, onEditor]);
  return <EditorContent editor={editor} />;
}

const placeCaret = (editor: Editor, { from, to }: Caret): void => {
  if (editor.isDestroyed) return;
  const end = Math.max(editor.state.doc.content.size - 1, 1);
  const inside = (position: number) => Math.min(Math.max(position, 1), end);
  editor
    .chain()
    .setTextSelection({ from: inside(from), to: inside(to) })
    .focus()
    .run();
};
