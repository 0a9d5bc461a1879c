import type { TeamOverview } from "../api/bindings.ts";
import { Purchases } from "../customer/Purchases.tsx";
import { useT } from "../i18n/language.tsx";
import styles from "./CustomerTab.module.css";
import { Marks } from "./marks/Marks.tsx";
import { NoteBox } from "./note/NoteBox.tsx";
import type { Meant } from "./subject.ts";
import { ThreadSection } from "./ThreadSection.tsx";

/** What the team knows about the person and the conversation. */
export function CustomerTab({ overview, meant }: { overview: TeamOverview; meant: Meant }) {
  const t = useT();
  const { members, state } = overview;
  if (meant.subject === null && meant.thread === null) {
    return <p className={styles.none}>{t("team.person.none")}</p>;
  }
  return (
    <div className={styles.scroll}>
      {meant.subject === null ? null : (
        <div className={styles.part}>
          <NoteBox
            key={meant.subject}
            subject={meant.subject}
            title={t("team.note")}
            label={t("team.note.label", { who: meant.name })}
            empty={t("team.note.empty")}
            members={members}
            state={state}
          />
          <Marks key={`marks ${meant.subject}`} subject={meant.subject} overview={overview} />
        </div>
      )}
      {meant.thread === null ? null : (
        <>
          <div className={styles.part}>
            <Purchases key={`purchases ${meant.thread}`} thread={meant.thread} />
          </div>
          <ThreadSection key={meant.thread} thread={meant.thread} overview={overview} />
        </>
      )}
    </div>
  );
}
