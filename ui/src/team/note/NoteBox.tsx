import { useQuery } from "@tanstack/react-query";
import { Bold, CheckCheck, Clock, History, Italic, Link, List, ListChecks } from "lucide-react";
import { type ReactNode, useState, useSyncExternalStore } from "react";
import type { TeamMember, TeamState } from "../../api/bindings.ts";
import { reasonOf } from "../../api/failure.ts";
import { noteQuery } from "../../api/team.ts";
import { Avatar } from "../../components/Avatar.tsx";
import { Banner } from "../../components/Banner.tsx";
import { Button } from "../../components/Button.tsx";
import { Icon } from "../../components/Icon.tsx";
import { IconButton } from "../../components/IconButton.tsx";
import { AfterPatience, Bar } from "../../components/Skeleton.tsx";
import { type PlainKey, useFormat, useT } from "../../i18n/language.tsx";
import { avatarOf } from "../people.ts";
import { AddFiles } from "./files/AddFiles.tsx";
import { NoteFiles } from "./files/NoteFiles.tsx";
import { RecordButton, Recorder } from "./files/Recorder.tsx";
import { useAddFiles } from "./files/use-add-files.ts";
import styles from "./NoteBox.module.css";
import { NoteEditor, type NoteHandle } from "./NoteEditor.tsx";
import { NoteHistory } from "./NoteHistory.tsx";
import { type StateTold, stateTold } from "./state-told.ts";
import { applyTool, type NoteTool } from "./tools.ts";
import { useCarets } from "./use-carets.ts";

type Props = {
  subject: string;
  title: string;
  /** What the text field is called. */
  label: string;
  /** What stands in it while nothing is written. */
  empty: string;
  members: readonly TeamMember[];
  state: TeamState;
  /** Stands at the end of the title's line. */
  beside?: ReactNode;
};

const TOOLS: readonly { id: NoteTool; icon: typeof Bold; title: PlainKey; keys?: string }[] = [
  { id: "bold", icon: Bold, title: "team.note.bold", keys: "Mod+b" },
  { id: "italic", icon: Italic, title: "team.note.italic", keys: "Mod+i" },
  { id: "list", icon: List, title: "team.note.list" },
  { id: "task", icon: ListChecks, title: "team.note.task" },
  { id: "link", icon: Link, title: "team.note.link" },
];

/** A shared note with its tools, how it is saved, and its earlier versions. */
export function NoteBox(props: Props) {
  const { subject, title, label, empty, members, beside } = props;
  const t = useT();
  const note = useQuery(noteQuery(subject));
  const [told] = useState(stateTold);
  const [handle, setHandle] = useState<NoteHandle | null>(null);
  const [past, setPast] = useState(false);
  const { add, adding } = useAddFiles(handle?.view ?? null);
  const [speaking, setSpeaking] = useState(false);
  return (
    <section className={styles.section} aria-label={title}>
      <div className={styles.head}>
        <h3 className={styles.title}>{title}</h3>
        {beside}
        <Editing subject={subject} members={members} />
        <IconButton icon={History} label={t("team.history")} onClick={() => setPast(true)} />
      </div>
      {note.isError ? (
        <Banner
          tone="red"
          action={
            <Button size="small" onClick={() => void note.refetch()}>
              {t("common.tryAgain")}
            </Button>
          }
        >
          {t("team.note.unread")} {reasonOf(note.error, t)}
        </Banner>
      ) : (
        <div className={styles.box}>
          {note.data === undefined ? (
            <div className={styles.wait}>
              <AfterPatience>
                <Bar width="70%" />
                <Bar width="50%" />
              </AfterPatience>
            </div>
          ) : (
            <NoteEditor
              note={note.data}
              label={label}
              empty={empty}
              members={members}
              onState={told.tell}
              onHandle={setHandle}
              onFiles={(files) => void add(files)}
            />
          )}
          <NoteFiles subject={subject} />
          {speaking ? <Recorder onKeep={add} onClose={() => setSpeaking(false)} /> : null}
          <div className={styles.foot}>
            <div className={styles.tools} role="toolbar" aria-label={t("team.note.tools")}>
              {TOOLS.map((tool) => (
                <IconButton
                  key={tool.id}
                  icon={tool.icon}
                  label={t(tool.title)}
                  keys={tool.keys}
                  onMouseDown={(event) => event.preventDefault()}
                  onClick={() => (handle ? applyTool(handle.view, tool.id) : undefined)}
                />
              ))}
              <AddFiles onFiles={(files) => void add(files)} />
              <RecordButton pressed={speaking} onPress={() => setSpeaking(true)} />
            </div>
            {adding > 0 ? <span className={styles.saved}>{t("team.files.adding")}</span> : null}
            <Saved told={told} team={props.state} onAgain={() => handle?.tryAgain()} />
          </div>
        </div>
      )}
      {past ? (
        <NoteHistory subject={subject} members={members} onClose={() => setPast(false)} />
      ) : null}
    </section>
  );
}

/** Who is in the note. */
function Editing({ subject, members }: { subject: string; members: readonly TeamMember[] }) {
  const t = useT();
  const theirs = useCarets(subject);
  const names = theirs.map(({ name }) => name);
  return (
    <>
      <span className="visually-hidden" role="status">
        {names.length === 0
          ? null
          : t("team.note.editing", { n: names.length, who: names.join(", ") })}
      </span>
      {names.length === 0 ? null : (
        <span className={styles.editing} aria-hidden>
          {theirs.map(({ member, name }) => (
            <Avatar key={member} {...avatarOf(members, member, name)} />
          ))}
          {t("team.note.editingNow")}
        </span>
      )}
    </>
  );
}

/** How the words stand, in words. */
function Saved(props: { told: StateTold; team: TeamState; onAgain: () => void }) {
  const { told, team, onAgain } = props;
  const state = useSyncExternalStore(told.watch, told.now);
  const t = useT();
  const format = useFormat();
  if (state.kind === "failed") {
    return (
      <span className={styles.saved} data-tone="red" role="alert">
        <span>
          {t("team.note.failed")} {reasonOf(state.error, t)}
        </span>
        <Button size="small" onClick={onAgain}>
          {t("common.tryAgain")}
        </Button>
      </span>
    );
  }
  // Connected, what waits is on its way: a number that counts to one and back would only flicker.
  const onItsWay = state.kind === "waiting" && (team === "live" || team === "alone");
  if (state.kind === "saving" || onItsWay) {
    return <span className={styles.saved}>{t("team.note.saving")}</span>;
  }
  if (state.kind === "waiting") {
    return (
      <span className={styles.saved} data-tone="amber">
        <Icon of={Clock} size={14} />
        {t("team.note.waits", { n: state.changes })}
      </span>
    );
  }
  return (
    <span className={styles.saved}>
      <Icon of={CheckCheck} size={14} />
      {state.ms === null
        ? t("team.note.saved")
        : t("team.note.savedIn", { ms: format.number(state.ms) })}
    </span>
  );
}
