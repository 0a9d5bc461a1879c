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
import { useEffect } from "react";
import type { Caret } from "./caret.ts";
import { plainText } from "./rich-plain.ts";

type Props = {
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
    onCreate: ({ editor: now }) => {
      const end = now.state.doc.content.size - 1;
      const from = Math.min(Math.max(caret.from, 1), Math.max(end, 1));
      const to = Math.min(Math.max(caret.to, from), Math.max(end, 1));
      now.chain().setTextSelection({ from, to }).focus().run();
    },
    onUpdate: ({ editor: now }) => onChange(now.getHTML(), plainText(now.getJSON())),
  });
  useEffect(() => {
    onEditor(editor);
    return () => onEditor(null);
  }, [editor, onEditor]);
  // Content that came from outside, such as the unfolded quote; typing comes back as it was sent.
  useEffect(() => {
    if (editor.isDestroyed) return;
    if (editor.getHTML() !== html) editor.commands.setContent(html, { emitUpdate: false });
  }, [editor, html]);
  return <EditorContent editor={editor} />;
}
