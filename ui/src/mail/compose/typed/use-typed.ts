import { useQueryClient } from "@tanstack/react-query";
import type { Editor } from "@tiptap/core";
import {
  type KeyboardEvent,
  type RefObject,
  type SyntheticEvent,
  useEffect,
  useId,
  useState,
} from "react";
import type { Draft } from "../../../api/bindings.ts";
import { reasonOf } from "../../../api/failure.ts";
import { filledQuery } from "../../../api/writing.ts";
import { announce } from "../../../app/announce.ts";
import { useT } from "../../../i18n/language.tsx";
import { finished } from "../templates/filled.ts";
import { insert } from "../templates/insert.ts";
import type { ComposerState } from "../use-composer.ts";
import { type Spot, select, spotIn } from "./spot.ts";
import { type Option, useOptions } from "./use-options.ts";

type Props = {
  composer: ComposerState;
  /** What is written now, for whose values are meant. */
  draft: Draft;
  /** Null while the text is plain. */
  editor: Editor | null;
  box: RefObject<HTMLElement | null>;
  /** A template lacks a value: it is filled in by hand, and takes the place of what is selected. */
  onLack: (template: string) => void;
};

/** The rows a page key moves over, and those shown before the list scrolls. */
const PAGE = 6;

/**
 * Templates and values while one types: `/` at the beginning of an empty line, `{{` anywhere. The caret stays in the text;
 * arrows choose, Enter and Tab insert, Escape leaves what was typed.
 */
export function useTyped({ composer, draft, editor, box, onLack }: Props) {
  const t = useT();
  const id = useId();
  const client = useQueryClient();
  const [spot, setSpot] = useState<Spot | null>(null);
  const [left, setLeft] = useState<string | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const options = useOptions(spot, draft);
  const open = spot !== null && keyOf(spot) !== left && options.length > 0;
  const current = options.find((option) => option.id === chosen) ?? options[0] ?? null;

  const look = () => {
    const now = spotIn(box.current, editor);
    if (same(now, spot)) return;
    setProblem(null);
    setSpot(now);
    if (now === null || keyOf(now) !== left) setLeft(null);
    if (now?.query !== spot?.query) setChosen(null);
  };
  useEditorLook(editor, look);
  useDescribed({ open, id, current, count: options.length, kind: spot?.kind ?? null, box });

  const take = (option: Option, at: Spot) => {
    if (option.kind === "value") {
      if (option.value === null) {
        setProblem(t("writing.typed.refused", { name: option.name }));
        return;
      }
      put(at, option.value, "");
      return;
    }
    client.fetchQuery(filledQuery(option.id, draft)).then(
      (filled) => {
        // Who wrote on meanwhile meant something else.
        if (!same(spotIn(box.current, editor), at)) return;
        const [text, subject] = [finished(filled.text, {}), finished(filled.subject, {})];
        if (text !== null && subject !== null) put(at, text, subject);
        else {
          select(at, box.current, editor);
          setSpot(null);
          onLack(option.id);
        }
      },
      (error: unknown) => setProblem(t("writing.typed.failed", { why: reasonOf(error, t) })),
    );
  };
  const put = (at: Spot, text: string, subject: string) => {
    select(at, box.current, editor);
    setSpot(null);
    insert(text, subject, composer, editor, box.current);
  };
  const onKey = (event: KeyboardEvent) => {
    if (!open || current === null || !isPlain(event) || !inBody(event.target)) return;
    const at = options.indexOf(current);
    const to = STEPS[event.key];
    if (to !== undefined) setChosen(options[to(at, options.length)]?.id ?? null);
    else if (event.key === "Enter" || event.key === "Tab") take(current, spot);
    else if (event.key === "Escape") setLeft(keyOf(spot));
    else return;
    if (to !== undefined) setProblem(null);
    // Nobody else hears it: Enter is no new line here, and Escape does not put the draft away.
    event.preventDefault();
    event.stopPropagation();
  };
  return {
    id,
    spot: open ? spot : null,
    options,
    current,
    problem,
    choose: (option: Option) => {
      if (spot !== null) take(option, spot);
    },
    look: ({ currentTarget, target }: SyntheticEvent) => {
      // The list hangs elsewhere in the page.
      if (currentTarget.contains(target as Node)) look();
    },
    onKey,
    leave: () => setSpot(null),
  };
}

const STEPS: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowDown: (at, count) => (at + 1) % count,
  ArrowUp: (at, count) => (at + count - 1) % count,
  PageDown: (at, count) => Math.min(at + PAGE, count - 1),
  PageUp: (at) => Math.max(at - PAGE, 0),
};

const keyOf = ({ kind, from }: Spot): string => `${kind} ${from}`;

const same = (one: Spot | null, other: Spot | null): boolean =>
  one === other ||
  (one !== null &&
    other !== null &&
    keyOf(one) === keyOf(other) &&
    one.query === other.query &&
    one.to === other.to);

const isPlain = ({ ctrlKey, metaKey, altKey, shiftKey, nativeEvent }: KeyboardEvent): boolean =>
  !(ctrlKey || metaKey || altKey || shiftKey || nativeEvent.isComposing);

const inBody = (target: EventTarget): boolean =>
  target instanceof HTMLElement && target.matches("textarea, [contenteditable=true]");

/** The editor tells when its caret or its words are others. */
function useEditorLook(editor: Editor | null, look: () => void): void {
  useEffect(() => {
    if (editor === null) return;
    editor.on("transaction", look);
    return () => {
      editor.off("transaction", look);
    };
  });
}

type Described = {
  open: boolean;
  id: string;
  current: Option | null;
  count: number;
  kind: Spot["kind"] | null;
  box: RefObject<HTMLElement | null>;
};

/** Says to screen readers that the text has a list now, and which of it is chosen. */
function useDescribed({ open, id, current, count, kind, box }: Described): void {
  const t = useT();
  const chosen = current === null ? "" : `${id}-${current.id}`;
  useEffect(() => {
    const body = box.current?.querySelector("textarea, [contenteditable=true]");
    if (!open || !body) return;
    const told = {
      "aria-autocomplete": "list",
      "aria-haspopup": "listbox",
      "aria-controls": id,
      "aria-activedescendant": chosen,
    };
    for (const [name, value] of Object.entries(told)) body.setAttribute(name, value);
    return () => {
      for (const name of Object.keys(told)) body.removeAttribute(name);
    };
  }, [open, id, chosen, box]);
  useEffect(() => {
    if (!open || kind === null) return;
    const words =
      kind === "template" ? "writing.typed.templatesCount" : "writing.typed.valuesCount";
    announce(`${t(words, { n: count })}. ${t("writing.typed.keys")}`);
  }, [open, kind, count, t]);
}
