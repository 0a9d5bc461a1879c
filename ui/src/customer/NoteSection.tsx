import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { noteWordsQuery, teamOverviewQuery } from "../api/team.ts";
import { Button } from "../components/Button.tsx";
import { AfterPatience, Bar } from "../components/Skeleton.tsx";
import { useT } from "../i18n/language.tsx";
import styles from "./Dossier.module.css";
import { plainWords } from "./note-words.ts";

// The editor is heavier than everything else beside a mail: it comes when somebody writes.
const NoteBox = lazy(async () => ({ default: (await import("../team/note/NoteBox.tsx")).NoteBox }));

type Props = {
  customer: { id: string; name: string };
  title: string;
  /** Only where something is written. */
  written?: boolean;
};

/** The team's note on the customer: its first lines to read, the whole of it to write when it is opened. */
export function NoteSection({ customer, title, written = false }: Props) {
  const t = useT();
  const subject = `customer:${customer.id}`;
  const [open, setOpen] = useState(false);
  const { data: overview } = useQuery(teamOverviewQuery);
  const { data: note } = useQuery(noteWordsQuery(subject));
  if (overview === undefined || note === undefined) return null;
  const words = plainWords(note.text);
  if (written && words === "") return null;
  return (
    <section className={styles.section} aria-label={title}>
      {open ? (
        <Suspense
          fallback={
            <AfterPatience>
              <Bar width="60%" />
            </AfterPatience>
          }
        >
          <NoteBox
            subject={subject}
            title={title}
            label={t("customer.note.label", { who: customer.name })}
            empty={t("team.note.empty")}
            members={overview.members}
            state={overview.state}
          />
        </Suspense>
      ) : (
        <>
          <h3 className={styles.title}>{title}</h3>
          {words === "" ? (
            <p className={styles.quiet}>{t("team.note.empty")}</p>
          ) : (
            <p className={styles.noteWords} data-selectable>
              {words}
            </p>
          )}
        </>
      )}
      <Button
        variant="ghost"
        size="small"
        className={styles.more}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {t(noteButton(open, words))}
      </Button>
    </section>
  );
}

function noteButton(open: boolean, words: string) {
  if (open) return "customer.note.close";
  return words === "" ? "customer.note.write" : "customer.note.open";
}
