import { autocompletion } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { markdown, markdownLanguage } from "@codemirror/lang-markdown";
import {
  Annotation,
  type ChangeSet,
  Compartment,
  EditorState,
  Transaction,
} from "@codemirror/state";
import { EditorView, keymap, placeholder } from "@codemirror/view";
import { useEffect, useRef } from "react";
import type { NoteView, TeamMember } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
import { watchNotes } from "../../api/live.ts";
import { showFailure } from "../../api/show-failure.ts";
import { useT } from "../../i18n/language.tsx";
import { caretOf, carets, placeCarets } from "./carets.ts";
import { exchangeNote, type NoteState } from "./exchange.ts";
import { fileDoor } from "./files/door.ts";
import { mentionSource } from "./mentions.ts";
import styles from "./NoteEditor.module.css";
import { noteWords, rendered } from "./rendered.ts";
import { applyTool, toggleTaskAt } from "./tools.ts";
import { useCarets } from "./use-carets.ts";

/** What the note box may ask of the editor. */
export type NoteHandle = { view: EditorView; tryAgain: () => void };

type Props = {
  note: NoteView;
  label: string;
  empty: string;
  members: readonly TeamMember[];
  onState: (state: NoteState) => void;
  onHandle: (handle: NoteHandle | null) => void;
  /** Files were dropped or pasted; a drop has moved the caret to its place. */
  onFiles: (files: readonly File[]) => void;
};

/** Marks changes that came from others: they are no edits of ours, and no undo takes them back. */
const byOthers = Annotation.define<boolean>();

/** A caret that moves on is told this often, ms. */
const CARET_PACE = 250;

/** Where a note is written: Markdown that looks like what it means. Begins with `note` and is its own from then on. */
export function NoteEditor(props: Props) {
  const { note, label, empty, members, onState, onHandle, onFiles } = props;
  const t = useT();
  const theirs = useCarets(note.subject);
  const place = useRef<HTMLDivElement>(null);
  const shown = useRef<EditorView | null>(null);
  const words = useRef(new Compartment());
  const now = useRef({ members, t, onState, onHandle, onFiles });
  now.current = { members, t, onState, onHandle, onFiles };
  const start = useRef({ note, label, empty });

  useEffect(() => {
    if (place.current === null) return;
    const { note: view, label: name, empty: hint } = start.current;
    const exchange = exchangeNote({
      view,
      door: { read: api.note, edit: api.editNote },
      onTheirs: (changes: ChangeSet) =>
        editor.dispatch({
          changes,
          annotations: [byOthers.of(true), Transaction.addToHistory.of(false)],
        }),
      onState: (state) => now.current.onState(state),
      clock: () => performance.now(),
    });
    const follow = (href: string) =>
      api
        .openLink(href)
        .catch((error: unknown) => showFailure(now.current.t, "conversation.link.failed", error));
    let isTold = false;
    const tellCaret = paced((at: EditorView | null) => {
      // Whose focus is elsewhere has no caret to tell, whatever others write.
      if (at === null && !isTold) return;
      isTold = at !== null;
      // A courtesy, as presence is: what fails is told anew with the next move.
      api.teamCaret(at && caretOf(view.subject, at)).catch(() => undefined);
    });
    const editor = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: view.text,
        extensions: [
          EditorState.lineSeparator.of("\n"),
          EditorView.clipboardInputFilter.of((text) => text.replace(/\r\n?/g, "\n")),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": name, "data-note": "" }),
          placeholder(hint),
          history(),
          markdown({ base: markdownLanguage, completeHTMLTags: false }),
          words.current.of([]),
          rendered((href) => void follow(href)),
          fileDoor((files) => now.current.onFiles(files)),
          autocompletion({
            override: [mentionSource(() => now.current.members)],
            icons: false,
          }),
          carets,
          keymap.of([
            { key: "Mod-b", run: (target) => done(() => applyTool(target, "bold")) },
            { key: "Mod-i", run: (target) => done(() => applyTool(target, "italic")) },
            {
              key: "Mod-Enter",
              run: (target) => toggleTaskAt(target, target.state.selection.main.head),
            },
            ...historyKeymap,
            ...defaultKeymap.filter(({ key }) => key !== "Escape"),
          ]),
          EditorView.updateListener.of((update) => {
            const own = update.transactions.filter(
              (transaction) => transaction.docChanged && !transaction.annotation(byOthers),
            );
            for (const { startState, changes } of own) exchange.wrote(startState.doc, changes);
            const moved = update.selectionSet || update.docChanged || update.focusChanged;
            if (moved) tellCaret(update.view.hasFocus ? update.view : null);
          }),
        ],
      }),
    });
    shown.current = editor;
    const stop = watchNotes(exchange);
    now.current.onHandle({ view: editor, tryAgain: exchange.ask });
    return () => {
      stop();
      exchange.leave();
      if (editor.hasFocus) tellCaret(null);
      now.current.onHandle(null);
      editor.destroy();
      shown.current = null;
    };
  }, []);

  useEffect(() => {
    shown.current?.dispatch({
      effects: words.current.reconfigure(
        noteWords.of({
          members: members.map(({ name }) => name),
          tick: t("team.note.tick"),
          followLink: t("team.note.followLink"),
        }),
      ),
    });
  }, [members, t]);

  useEffect(() => {
    shown.current?.dispatch({ effects: placeCarets.of(theirs) });
  }, [theirs]);

  return <div ref={place} className={styles.editor} data-selectable />;
}

/** Does the work at once, and while more comes, every so often; the last is never left out. */
function paced<T>(work: (value: T) => void): (value: T) => void {
  let last: { value: T } | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const next = () => {
    timer = null;
    if (last === null) return;
    const { value } = last;
    last = null;
    work(value);
    timer = setTimeout(next, CARET_PACE);
  };
  return (value) => {
    last = { value };
    if (timer === null) next();
  };
}

function done(work: () => void): true {
  work();
  return true;
}
