import type { Editor } from "@tiptap/core";
import { Ellipsis } from "lucide-react";
import { lazy, Suspense, useLayoutEffect, useRef } from "react";
import type { MailFact } from "../../api/bindings.ts";
import { Icon } from "../../components/Icon.tsx";
import { AfterPatience } from "../../components/Skeleton.tsx";
import { useT } from "../../i18n/language.tsx";
import styles from "./BodyField.module.css";
import type { Caret } from "./caret.ts";
import { FactMarks } from "./facts/FactMarks.tsx";
import { useRichMarks } from "./facts/rich-marks.ts";
import { type Fields, unfolded } from "./fields.ts";

// Most answers are plain text: the editor is fetched when someone formats.
const RichText = lazy(() =>
  import("./RichText.tsx").then(({ RichText }) => ({ default: RichText })),
);

type Props = {
  fields: Fields;
  onChange: (next: Partial<Fields>) => void;
  onEditor: (editor: Editor | null) => void;
  /** The editor is there. */
  ready: boolean;
  /** Where the caret stood when formatting began. */
  caret: Caret;
  autoFocus: boolean;
  /** Facts in the text, marked under their words. */
  facts: readonly MailFact[];
  /** The person put the caret into one of them. */
  onFact: (fact: MailFact) => void;
};

/** Where one writes: plain text or simple formatting, the quoted mail folded below. */
export function BodyField({
  fields,
  onChange,
  onEditor,
  ready,
  caret,
  autoFocus,
  facts,
  onFact,
}: Props) {
  const t = useT();
  const box = useRef<HTMLDivElement>(null);
  useRichMarks(box, facts, fields.html !== null && ready);
  return (
    <div ref={box} className={styles.scroll}>
      {fields.html === null ? (
        <PlainBody
          text={fields.own}
          onChange={(own) => onChange({ own })}
          autoFocus={autoFocus}
          facts={facts}
          onFact={onFact}
        />
      ) : (
        <Suspense
          fallback={<AfterPatience>{<p className={styles.wait}>{fields.own}</p>}</AfterPatience>}
        >
          <RichText
            // The unfolded quote is new content: the editor begins again with it.
            key={fields.quoted === "" ? "whole" : "folded"}
            html={fields.html}
            label={t("compose.body")}
            className={styles.rich}
            onChange={(html, own) => onChange({ html, own })}
            onEditor={onEditor}
            caret={caret}
          />
        </Suspense>
      )}
      {fields.quoted === "" ? null : (
        <button
          type="button"
          className={styles.fold}
          aria-label={t("compose.quoted.show")}
          title={t("compose.quoted.show")}
          onClick={() => onChange(unfolded(fields))}
        >
          <Icon of={Ellipsis} />
        </button>
      )}
    </div>
  );
}

type PlainProps = Pick<Props, "autoFocus" | "facts" | "onFact"> & {
  text: string;
  onChange: (text: string) => void;
};

function PlainBody({ text, onChange, autoFocus, facts, onFact }: PlainProps) {
  const t = useT();
  const area = useRef<HTMLTextAreaElement>(null);
  // As tall as its text, so that the quote below follows the words and only one thing scrolls.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new text is a new height
  useLayoutEffect(() => {
    const element = area.current;
    if (element === null) return;
    element.style.blockSize = "0";
    element.style.blockSize = `${element.scrollHeight}px`;
  }, [text]);
  useLayoutEffect(() => {
    if (!autoFocus) return;
    area.current?.focus({ preventScroll: true });
    area.current?.setSelectionRange(0, 0);
  }, [autoFocus]);
  return (
    <div className={styles.words}>
      <FactMarks text={text} facts={facts} />
      <textarea
        ref={area}
        className={styles.plain}
        aria-label={t("compose.body")}
        spellCheck
        rows={1}
        value={text}
        onChange={(event) => onChange(event.currentTarget.value)}
        onClick={(event) => {
          const { selectionStart: from, selectionEnd: to } = event.currentTarget;
          const fact = facts.find(({ at, text: words }) => at < from && from < at + words.length);
          if (fact !== undefined && from === to) onFact(fact);
        }}
      />
    </div>
  );
}
