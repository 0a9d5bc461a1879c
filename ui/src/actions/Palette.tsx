import { Dialog } from "@base-ui/react/dialog";
import { useQuery } from "@tanstack/react-query";
import { Search, X } from "lucide-react";
import {
  type CSSProperties,
  type KeyboardEvent,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from "react";
import { overviewQuery } from "../api/queries.ts";
import { useSearch } from "../api/search.ts";
import { hideOverlay } from "../app/overlay.ts";
import { goTo, goToMail } from "../app/route.ts";
import { Icon } from "../components/Icon.tsx";
import { Kbd } from "../components/Kbd.tsx";
import { daysBetween } from "../i18n/format.ts";
import { useVoice } from "../i18n/language.tsx";
import { useDebounced } from "../mail/search/use-debounced.ts";
import { type ActionContext, useContextMaker } from "./context.ts";
import styles from "./Palette.module.css";
import { PaletteRow } from "./PaletteRow.tsx";
import {
  actionEntries,
  type Entry,
  folderEntries,
  hitEntries,
  type Section,
} from "./palette-entries.ts";
import { recentActions, rememberAction } from "./recent.ts";
import { runAction } from "./shortcuts.ts";
import { actOnTargets } from "./threads.ts";

/** Mails shown under the actions; more is what the search is for. */
const MAILS = 5;
const FOLDERS = 6;

type Props = { mode: "all" | "move" };

/** Everything a person can do, by typing. In move mode it picks a folder. */
export function Palette({ mode }: Props) {
  const { t } = useVoice();
  return (
    <Dialog.Root open onOpenChange={(open) => (open ? undefined : hideOverlay())}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.scrim} />
        <Dialog.Popup className={styles.palette} aria-label={t("palette.label")}>
          <PaletteBody mode={mode} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function stepOf(key: string): 1 | -1 | null {
  if (key === "ArrowDown") return 1;
  return key === "ArrowUp" ? -1 : null;
}

/** The row after or before one; past an end it goes on at the other. */
function stepFrom(entries: readonly Entry[], from: Entry | undefined, by: 1 | -1): string | null {
  const at = entries.findIndex((entry) => entry.id === from?.id);
  return entries[(at + by + entries.length) % entries.length]?.id ?? null;
}

function PaletteBody({ mode }: Props) {
  const { t } = useVoice();
  const makeContext = useContextMaker();
  // What was open when the palette came is what its actions mean.
  const [context] = useState(makeContext);
  const [text, setText] = useState("");
  const [aimed, setAimed] = useState(context.targets.length > 0);
  const sections = useSections(context, mode, text, aimed);
  const entries = sections.flatMap((section) => section.entries);
  const [chosen, setChosen] = useState<string | null>(null);
  const current = entries.find((entry) => entry.id === chosen) ?? entries[0];
  const list = useId();
  const bare = text.replace(/^>\s*/, "");
  const question = t(mode === "move" ? "palette.movePlaceholder" : "palette.placeholder");

  const enter = () => {
    if (current) choose(current, mode, context);
    else if (mode === "all") searchFor(bare);
  };
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    const by = stepOf(event.key);
    if (event.key === "Backspace" && text === "") setAimed(false);
    if (event.nativeEvent.isComposing || (by === null && event.key !== "Enter")) return;
    event.preventDefault();
    if (by === null) enter();
    else setChosen(stepFrom(entries, current, by));
  };

  return (
    <>
      <div className={styles.head}>
        <Icon of={Search} />
        <input
          // biome-ignore lint/a11y/noAutofocus: the palette is opened to type
          autoFocus
          className={styles.input}
          role="combobox"
          aria-expanded="true"
          aria-controls={list}
          aria-activedescendant={current ? rowId(list, current) : undefined}
          aria-label={question}
          placeholder={question}
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setChosen(null);
          }}
          onKeyDown={press}
        />
        {aimed ? <Target context={context} onDrop={() => setAimed(false)} /> : null}
      </div>
      <Entries
        id={list}
        sections={sections}
        current={current}
        onPoint={setChosen}
        onChoose={(entry) => choose(entry, mode, context)}
      />
      {entries.length === 0 ? <Nothing text={bare} mode={mode} /> : null}
      <Foot mode={mode} />
      <p className="visually-hidden" role="status">
        {t("palette.results", { n: entries.length })}
      </p>
    </>
  );
}

type EntriesProps = {
  id: string;
  sections: readonly Section[];
  current: Entry | undefined;
  onPoint: (id: string) => void;
  onChoose: (entry: Entry) => void;
};

function Entries({ id, sections, current, onPoint, onChoose }: EntriesProps) {
  const { t } = useVoice();
  const box = useRef<HTMLDivElement>(null);
  const shown = current ? rowId(id, current) : null;
  useEffect(() => {
    if (shown === null) return;
    box.current?.querySelector(`#${CSS.escape(shown)}`)?.scrollIntoView({ block: "nearest" });
  }, [shown]);
  return (
    <div
      ref={box}
      id={id}
      role="listbox"
      aria-label={t("palette.label")}
      className={styles.list}
      style={{ "--sections": sections.length } as CSSProperties}
    >
      {sections.map((section) => (
        // biome-ignore lint/a11y/useSemanticElements: a group of options has no element of its own
        <div key={section.id} role="group" aria-label={t(`palette.${section.id}`)}>
          <div className={styles.section} aria-hidden="true">
            {t(`palette.${section.id}`)}
          </div>
          {section.entries.map((entry) => (
            <PaletteRow
              key={entry.id}
              id={rowId(id, entry)}
              entry={entry}
              current={entry === current}
              onPoint={() => onPoint(entry.id)}
              onChoose={() => onChoose(entry)}
            />
          ))}
        </div>
      ))}
    </div>
  );
}

function rowId(list: string, entry: Entry): string {
  return `${list}-${entry.id}`;
}

function useSections(
  context: ActionContext,
  mode: Props["mode"],
  text: string,
  aimed: boolean,
): Section[] {
  const { language, format } = useVoice();
  const { data: overview } = useQuery(overviewQuery);
  const onlyActions = text.startsWith(">");
  const search = text.replace(/^>\s*/, "");
  const asked = useDebounced(search, 40);
  const mails = useSearch(mode === "all" && !onlyActions && asked.trim().length > 1 ? asked : "");
  const hits = mails.data?.pages[0]?.hits;
  return useMemo(() => {
    const folders = overview ? folderEntries(context, overview, search, mode === "move") : [];
    if (mode === "move") return [{ id: "folders" as const, entries: folders }];
    const actions = actionEntries(context, language, search, aimed);
    if (onlyActions) return [{ id: "actions" as const, entries: actions }];
    if (search.trim() === "") return startSections(actions);
    const now = new Date();
    const when = (at: Date) => (daysBetween(at, now) < 1 ? format.time(at) : format.date(at, now));
    const found = asked.trim().length > 1 ? (hits ?? []).slice(0, MAILS) : [];
    const sections: Section[] = [
      { id: "actions", entries: actions },
      { id: "folders", entries: folders.slice(0, FOLDERS) },
      { id: "mail", entries: hitEntries(found, search, when) },
    ];
    return sections.filter((section) => section.entries.length > 0);
  }, [context, overview, language, format, mode, onlyActions, search, asked, aimed, hits]);
}

/** Before anything is typed: what was used last, then the rest. */
function startSections(actions: Entry[]): Section[] {
  const recent = recentActions().flatMap((id) => actions.filter((entry) => entry.id === id));
  const rest = actions.filter((entry) => !recent.includes(entry));
  const sections: Section[] = [
    { id: "recent", entries: recent },
    { id: "actions", entries: rest },
  ];
  return sections.filter((section) => section.entries.length > 0);
}

function searchFor(text: string): void {
  hideOverlay();
  goToMail({ search: text, thread: null, compose: null });
}

function choose(entry: Entry, mode: Props["mode"], context: ActionContext): void {
  if (entry.blocked !== null) return;
  hideOverlay();
  const { does } = entry;
  switch (does.kind) {
    case "action":
      rememberAction(entry.id);
      runAction(does.action, context);
      return;
    case "folder":
      if (mode === "move") {
        actOnTargets(context, { kind: "move", folder: does.folder.id }).catch((error: unknown) =>
          reportError(error),
        );
      } else {
        const scope = { kind: "folder", folder: does.folder.id } as const;
        goTo({ page: "mail", scope, thread: null, search: null, compose: null });
      }
      return;
    case "hit": {
      const scope = { kind: "folder", folder: does.hit.folder } as const;
      goTo({ page: "mail", scope, thread: does.hit.thread, search: null, compose: null });
    }
  }
}

/** What the actions mean: the open conversation, or how many are ticked. */
function Target({ context, onDrop }: { context: ActionContext; onDrop: () => void }) {
  const { t } = useVoice();
  const [id] = context.targets;
  const many = context.targets.length > 1;
  const subject = context.list.find((row) => row.id === id)?.subject || t("common.noSubject");
  return (
    <button type="button" className={styles.target} onClick={onDrop}>
      <span>
        {many
          ? t("palette.onMany", { n: context.targets.length })
          : t("palette.on", { what: subject })}
        <span className="visually-hidden">. {t("palette.dropTarget")}</span>
      </span>
      <Icon of={X} size={14} />
    </button>
  );
}

function Nothing({ text, mode }: { text: string; mode: Props["mode"] }) {
  const { t } = useVoice();
  return (
    <div className={styles.nothing}>
      <p>{t(mode === "move" ? "palette.noFolder" : "palette.nothing", { text })}</p>
      {mode === "all" ? (
        <button type="button" className={styles.instead} onClick={() => searchFor(text)}>
          {t("palette.searchInstead")}
          <Kbd keys="Enter" />
        </button>
      ) : null}
    </div>
  );
}

function Foot({ mode }: Props) {
  const { t } = useVoice();
  return (
    <div className={styles.foot} aria-hidden="true">
      <span>
        <Kbd keys="ArrowUp ArrowDown" /> {t("palette.move")}
      </span>
      <span>
        <Kbd keys="Enter" /> {t("palette.run")}
      </span>
      <span>
        <Kbd keys="Escape" /> {t("palette.close")}
      </span>
      {mode === "all" ? (
        <span className={styles.footEnd}>
          <Kbd keys=">" /> {t("palette.onlyActions")}
        </span>
      ) : null}
    </div>
  );
}
