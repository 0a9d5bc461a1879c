import type { Editor } from "@tiptap/core";
import { Bold, Italic, LayoutTemplate, Link2, List, RemoveFormatting } from "lucide-react";
import { type FormEvent, useEffect, useState } from "react";
import { Button } from "../../components/Button.tsx";
import { IconButton } from "../../components/IconButton.tsx";
import { useT } from "../../i18n/language.tsx";
import styles from "./BodyTools.module.css";

export type Tool = "bold" | "italic" | "list" | "link";

type Props = {
  /** Null while the text is plain or the editor is on its way. */
  editor: Editor | null;
  formatted: boolean;
  /** Turns formatting on and then uses the tool. */
  onFormat: (tool: Tool) => void;
  onPlain: () => void;
  /** Opens the templates. */
  onTemplates: () => void;
  /** A tool asked for before the editor was there. */
  wanted: Tool | null;
  onUsed: () => void;
};

/** Bold, italic, list, link. Pressing one in a plain text makes it a formatted one. */
export function BodyTools({
  editor,
  formatted,
  onFormat,
  onPlain,
  onTemplates,
  wanted,
  onUsed,
}: Props) {
  const t = useT();
  const [linking, setLinking] = useState(false);
  const on = useActive(editor);
  useEffect(() => {
    if (editor === null || wanted === null) return;
    if (wanted === "link") setLinking(true);
    else toggle(editor, wanted);
    onUsed();
  }, [editor, wanted, onUsed]);

  const use = (tool: Tool) => {
    if (editor === null) onFormat(tool);
    else if (tool === "link") setLinking(!linking);
    else toggle(editor, tool);
  };
  return (
    <div className={styles.tools} role="toolbar" aria-label={t("compose.format")}>
      <IconButton
        icon={Bold}
        label={t("compose.bold")}
        keys="Mod+b"
        pressed={on.bold}
        onClick={() => use("bold")}
      />
      <IconButton
        icon={Italic}
        label={t("compose.italic")}
        keys="Mod+i"
        pressed={on.italic}
        onClick={() => use("italic")}
      />
      <IconButton
        icon={List}
        label={t("compose.list")}
        pressed={on.list}
        onClick={() => use("list")}
      />
      <IconButton
        icon={Link2}
        label={t("compose.link")}
        pressed={on.link || linking}
        onClick={() => use("link")}
      />
      <span className={styles.divider} />
      <IconButton icon={LayoutTemplate} label={t("writing.templates.open")} onClick={onTemplates} />
      {formatted ? (
        <>
          <span className={styles.divider} />
          <IconButton icon={RemoveFormatting} label={t("compose.format.off")} onClick={onPlain} />
        </>
      ) : null}
      {linking && editor !== null ? (
        <LinkForm editor={editor} onDone={() => setLinking(false)} />
      ) : null}
    </div>
  );
}

const toggle = (editor: Editor, tool: Exclude<Tool, "link">): void => {
  const chain = editor.chain().focus();
  if (tool === "bold") chain.toggleBold().run();
  else if (tool === "italic") chain.toggleItalic().run();
  else chain.toggleBulletList().run();
};

const NOTHING = { bold: false, italic: false, list: false, link: false };

/** Which tools apply where the caret stands. */
function useActive(editor: Editor | null): typeof NOTHING {
  const [active, setActive] = useState(NOTHING);
  useEffect(() => {
    if (editor === null) {
      setActive(NOTHING);
      return;
    }
    const look = () =>
      setActive({
        bold: editor.isActive("bold"),
        italic: editor.isActive("italic"),
        list: editor.isActive("bulletList"),
        link: editor.isActive("link"),
      });
    editor.on("transaction", look);
    return () => {
      editor.off("transaction", look);
    };
  }, [editor]);
  return active;
}

/** What a typed address becomes; null when it can be no link. */
export const hrefOf = (typed: string): string | null => {
  const text = typed.trim();
  if (/^(?:https?:\/\/|mailto:)\S+$/iu.test(text)) return text;
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/u.test(text)) return `mailto:${text}`;
  return /^[\p{L}\d-]+(?:\.[\p{L}\d-]+)+(?:[/?#]\S*)?$/u.test(text) ? `https://${text}` : null;
};

function LinkForm({ editor, onDone }: { editor: Editor; onDone: () => void }) {
  const t = useT();
  const present: unknown = editor.getAttributes("link").href;
  const [text, setText] = useState(typeof present === "string" ? present : "");
  const [wrong, setWrong] = useState(false);
  const apply = (event: FormEvent) => {
    event.preventDefault();
    const href = hrefOf(text);
    if (href === null) {
      setWrong(true);
      return;
    }
    const chain = editor.chain().focus().extendMarkRange("link");
    if (editor.state.selection.empty && typeof present !== "string") {
      chain.insertContent({ type: "text", text, marks: [{ type: "link", attrs: { href } }] }).run();
    } else chain.setLink({ href }).run();
    onDone();
  };
  return (
    <form className={styles.link} onSubmit={apply}>
      <input
        className={styles.address}
        type="text"
        inputMode="url"
        // biome-ignore lint/a11y/noAutofocus: it appears because a link was asked for
        autoFocus
        aria-label={t("compose.link.address")}
        aria-invalid={wrong}
        placeholder="https://"
        title={wrong ? t("compose.link.invalid") : undefined}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setWrong(false);
        }}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.stopPropagation();
          event.preventDefault();
          onDone();
          editor.commands.focus();
        }}
      />
      {wrong ? (
        <span className={styles.wrong} role="alert">
          {t("compose.link.invalid")}
        </span>
      ) : null}
      <Button size="small" type="submit">
        {t("compose.link.apply")}
      </Button>
      {typeof present === "string" ? (
        <Button
          size="small"
          variant="ghost"
          onClick={() => {
            editor.chain().focus().extendMarkRange("link").unsetLink().run();
            onDone();
          }}
        >
          {t("compose.link.remove")}
        </Button>
      ) : null}
    </form>
  );
}
