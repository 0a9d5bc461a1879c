import { useQuery } from "@tanstack/react-query";
import type { Editor } from "@tiptap/core";
import { Trash2, X } from "lucide-react";
import { type RefObject, useCallback, useRef, useState } from "react";
import type { Collision, Draft, MailFact } from "../../api/bindings.ts";
import { overviewQuery } from "../../api/queries.ts";
import { goToMail } from "../../app/route.ts";
import { Banner } from "../../components/Banner.tsx";
import { Button } from "../../components/Button.tsx";
import { IconButton } from "../../components/IconButton.tsx";
import { useT } from "../../i18n/language.tsx";
import { AskCollision } from "../../team/AskCollision.tsx";
import { showMessage } from "../conversation/show-message.ts";
import { BodyField } from "./BodyField.tsx";
import { BodyTools, type Tool } from "./BodyTools.tsx";
import styles from "./Composer.module.css";
import { ComposerHead } from "./ComposerHead.tsx";
import { AskDiscard, AskSubject } from "./ComposerQuestions.tsx";
import { type Caret, caretOf } from "./caret.ts";
import { FactLine } from "./facts/FactLine.tsx";
import { replaced } from "./facts/replace.ts";
import { useFacts } from "./facts/use-facts.ts";
import { draftOf, formatted, isBlank } from "./fields.ts";
import { insert } from "./templates/insert.ts";
import { TemplatePicker } from "./templates/TemplatePicker.tsx";
import { TypedList } from "./typed/TypedList.tsx";
import { useTyped } from "./typed/use-typed.ts";
import { useComposer } from "./use-composer.ts";
import { useComposerDoors } from "./use-composer-doors.ts";

type Props = {
  draft: Draft;
  /** The conversation it stands in; null for a message of its own. */
  thread: string | null;
  autoFocus: boolean;
  /** The newest words, for whoever shows this draft next. */
  onChange: (draft: Draft) => void;
  /** It was kept for the first time, under this id. */
  onKept?: (id: string) => void;
  /** It is over here: kept as a draft, sent, or thrown away. */
  onClose: (how: "kept" | "sent" | "discarded") => void;
};

/**
 * Where mail is written. Words are saved while one pauses, on leaving the field, the window or the thread;
 * closing keeps the draft, and only Discard deletes it.
 */
export function Composer({ draft, thread, autoFocus, onChange, onKept, onClose }: Props) {
  const t = useT();
  const box = useRef<HTMLElement>(null);
  const composer = useComposer(draft, { onChange, onKept });
  const { fields, saved, change } = composer;
  const [question, setQuestion] = useState<"discard" | "subject" | null>(null);
  const [nobody, setNobody] = useState(false);
  const offline = useOffline(fields.account);
  const doors = useComposerDoors({ composer, draft, thread, offline, onClose });
  const format = useFormatting(composer, box);
  const facts = useFacts(fields);
  const [fact, setFact] = useState<OpenFact>({ open: false, only: null });
  const stale = facts.filter(({ state }) => state === "stale").length;
  const [told, setTold] = useState(false);
  // What is mended was told; what differs after that is told anew.
  if (told && stale === 0) setTold(false);
  // Open, and with which template first.
  const [picking, setPicking] = useState<{ first: string | null } | null>(null);
  const typed = useTyped({
    composer,
    draft: draftOf(fields, draft),
    editor: format.editor,
    box,
    onLack: (first) => setPicking({ first }),
  });
  const fresh = draft.replyTo === null;
  // Decided once: adding the first person must not pull the caret away from the second.
  const [start] = useState(fresh && draft.to.length === 0 ? "people" : "body");

  const trySend = (sure = false) => {
    // A half-typed address becomes a chip, or says why not, before anything leaves.
    (document.activeElement as HTMLElement | null)?.blur();
    requestAnimationFrame(() => {
      const problem = box.current?.querySelector<HTMLElement>('[aria-invalid="true"]');
      const { to, cc, bcc, subject } = composer.latest();
      if (problem) problem.focus();
      else if (to.length + cc.length + bcc.length === 0) setNobody(true);
      else if (subject.trim() === "" && !sure) setQuestion("subject");
      else if (stale > 0 && !told) setTold(true);
      else void doors.send();
    });
  };
  const toText = () =>
    requestAnimationFrame(() =>
      box.current?.querySelector<HTMLElement>("textarea, [contenteditable=true]")?.focus(),
    );
  const showReply = async ({ thread: place, message }: Collision) => {
    doors.stay();
    // In a pane of its own the draft gives way to the conversation; it is kept.
    if (thread === null) await doors.close();
    goToMail({ thread: place, search: null, compose: null });
    if (message !== null) showMessage(message);
  };
  const discard = () => (isBlank(fields) ? void doors.discard() : setQuestion("discard"));

  return (
    <section
      ref={box}
      className={styles.composer}
      aria-label={t(fresh ? "compose.new" : "compose.reply")}
      data-composer
      onKeyDownCapture={typed.onKey}
      onKeyUp={typed.look}
      onInput={typed.look}
      onClick={typed.look}
      onBlur={typed.leave}
      onKeyDown={(event) => {
        // Dialogs and menus of the composer hang elsewhere in the page; their keys are their own.
        if (!event.currentTarget.contains(event.target as Node)) return;
        const mod = event.ctrlKey || event.metaKey;
        if (mod && event.key === "Enter") {
          event.preventDefault();
          trySend();
        } else if (event.key === "Escape" && !event.defaultPrevented) {
          event.preventDefault();
          // What stands half typed in a field is taken in before it is put away.
          (document.activeElement as HTMLElement | null)?.blur();
          void doors.close();
        }
      }}
    >
      {doors.refused === null ? null : (
        <div className={styles.refused}>
          <Banner tone="red">{doors.refused}</Banner>
        </div>
      )}
      <ComposerHead
        fields={fields}
        saved={saved}
        offline={offline}
        fresh={fresh}
        autoFocus={autoFocus && start === "people"}
        nobody={nobody}
        onChange={(next) => {
          setNobody(false);
          change(next);
        }}
      />
      <BodyField
        fields={fields}
        onChange={(next) => {
          setTold(false);
          change(next);
        }}
        onEditor={format.setEditor}
        ready={format.editor !== null}
        caret={format.caret}
        autoFocus={autoFocus && start === "body"}
        facts={facts}
        onFact={(fact) => setFact({ open: true, only: fact })}
      />
      <FactLine
        facts={facts}
        open={fact.open}
        only={fact.only}
        onOpen={(open) => setFact({ open, only: null })}
        onReplace={(of) => replaced(of, composer, format.editor)}
      />
      <BodyTools
        editor={format.editor}
        formatted={fields.html !== null}
        onFormat={format.begin}
        onPlain={() => change({ html: null })}
        onTemplates={() => setPicking({ first: null })}
        wanted={format.wanted}
        onUsed={format.used}
      />
      <footer className={styles.foot}>
        <Button
          variant="primary"
          keys="Mod+Enter"
          disabledReason={doors.busy ? t("compose.saving") : null}
          onClick={() => trySend()}
        >
          {t(told && stale > 0 ? "writing.send.anyway" : "compose.send")}
        </Button>
        {told && stale > 0 ? (
          <span className={styles.note} data-tone="amber" role="alert">
            {t("writing.facts.stale", { n: stale })}
          </span>
        ) : null}
        {offline ? <span className={styles.note}>{t("compose.sendOffline")}</span> : null}
        <span className={styles.space} />
        <IconButton icon={Trash2} label={t("compose.discard")} onClick={discard} />
        <IconButton
          icon={X}
          label={t("compose.close")}
          keys="Escape"
          onClick={() => void doors.close()}
        />
      </footer>
      <TypedList typed={typed} />
      {picking === null ? null : (
        <TemplatePicker
          draft={draftOf(fields, draft)}
          first={picking.first}
          onClose={() => setPicking(null)}
          onInsert={(text, subject) => {
            setPicking(null);
            insert(text, subject, composer, format.editor, box.current);
          }}
        />
      )}
      <AskDiscard
        open={question === "discard"}
        onKeep={() => setQuestion(null)}
        onDiscard={() => void doors.discard()}
      />
      <AskCollision
        others={doors.others}
        changes={doors.changes}
        onKeep={() => {
          doors.stay();
          toText();
        }}
        onSend={() => void doors.sendAnyway()}
        onShow={(other) => void showReply(other)}
      />
      <AskSubject
        open={question === "subject"}
        onBack={() => {
          setQuestion(null);
          requestAnimationFrame(() =>
            box.current?.querySelector<HTMLElement>("[data-subject]")?.focus(),
          );
        }}
        onSend={() => {
          setQuestion(null);
          trySend(true);
        }}
      />
    </section>
  );
}

/** Whether the values of the text are shown, and which of them; null: all. */
type OpenFact = { open: boolean; only: MailFact | null };

/** Whether the account a draft leaves from has no connection now. */
function useOffline(account: string): boolean {
  const overview = useQuery(overviewQuery);
  return overview.data?.accounts.find(({ id }) => id === account)?.state === "offline";
}

/** Formatting comes with the first tool used; the tool waits for its editor. */
function useFormatting(
  { fields, change }: ReturnType<typeof useComposer>,
  box: RefObject<HTMLElement | null>,
) {
  const [editor, setEditor] = useState<Editor | null>(null);
  const [wanted, setWanted] = useState<Tool | null>(null);
  const [caret, setCaret] = useState<Caret>({ from: 0, to: 0 });
  const used = useCallback(() => setWanted(null), []);
  return {
    editor,
    setEditor,
    wanted,
    used,
    caret,
    begin: (tool: Tool) => {
      const text = box.current?.querySelector<HTMLTextAreaElement>("textarea");
      if (text) setCaret(caretOf(text.value, text.selectionStart, text.selectionEnd));
      setWanted(tool);
      change(formatted(fields));
    },
  };
}
