import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { NoteVersion, TeamMember } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
import { reasonOf } from "../../api/failure.ts";
import { noteAtQuery, noteHistoryQuery, teamKeys } from "../../api/team.ts";
import { useCommand } from "../../api/use-command.ts";
import { useNow } from "../../app/now.ts";
import { Banner } from "../../components/Banner.tsx";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { showToast } from "../../components/toasts.ts";
import { useFormat, useT } from "../../i18n/language.tsx";
import { longDate } from "../../mail/conversation/message-date.ts";
import styles from "./NoteHistory.module.css";
import { NoteReader } from "./NoteReader.tsx";

type Props = { subject: string; members: readonly TeamMember[]; onClose: () => void };

/** How long the toast of a restored version stays, s. */
const TOLD = 8;

/** Earlier versions of a note: who wrote when, what it said, and a way back. */
export function NoteHistory({ subject, members, onClose }: Props) {
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  const history = useQuery(noteHistoryQuery(subject));
  const [asked, setAsked] = useState<number | null>(null);
  const names = useMemo(() => members.map(({ name }) => name), [members]);
  const versions = history.data ?? [];
  const chosen = versions.find(({ version }) => version === asked) ?? versions[0];
  const restore = useCommand({
    run: (version: NoteVersion) => api.restoreNote(subject, version.version),
    failureTitle: "team.history.failed",
    stale: [teamKeys.all],
    onSuccess: (_, version) => {
      const when = format.full(new Date(version.at));
      showToast({ text: t("team.history.restored", { when }), seconds: TOLD, action: null });
      onClose();
    },
  });
  const newest = chosen !== undefined && chosen === versions[0];
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("team.history")}
      width={600}
      footer={
        <>
          <Button onClick={onClose}>{t("common.close")}</Button>
          {chosen && !newest ? (
            <Button
              variant="primary"
              disabledReason={restore.isPending ? t("common.loading") : null}
              onClick={() => restore.mutate(chosen)}
            >
              {t("team.history.restore")}
            </Button>
          ) : null}
        </>
      }
    >
      {history.isError ? <Banner tone="red">{reasonOf(history.error, t)}</Banner> : null}
      {history.data && versions.length === 0 ? (
        <p className={styles.none}>{t("team.history.none")}</p>
      ) : null}
      {chosen ? (
        <div className={styles.columns}>
          <ul className={styles.list}>
            {versions.map((version) => (
              <li key={version.version}>
                <button
                  type="button"
                  className={styles.version}
                  aria-current={version === chosen}
                  onClick={() => setAsked(version.version)}
                >
                  <span className={styles.when}>{longDate(version.at, now, format, t)}</span>
                  <span className={styles.what}>
                    {nameOfMember(version.by, members) ?? t("team.someone")},{" "}
                    {t("team.history.change", { added: version.added, removed: version.removed })}
                  </span>
                </button>
              </li>
            ))}
          </ul>
          <Text
            subject={subject}
            version={chosen}
            when={longDate(chosen.at, now, format, t)}
            names={names}
          />
        </div>
      ) : null}
    </Dialog>
  );
}

type TextProps = { subject: string; version: NoteVersion; when: string; names: readonly string[] };

function Text({ subject, version, when, names }: TextProps) {
  const t = useT();
  const text = useQuery(noteAtQuery(subject, version.version));
  if (text.isError) return <Banner tone="red">{reasonOf(text.error, t)}</Banner>;
  return (
    <div className={styles.text}>
      {text.data === "" ? (
        <span className={styles.none}>{t("team.history.emptyText")}</span>
      ) : text.data === undefined ? null : (
        <NoteReader text={text.data} label={when} members={names} />
      )}
    </div>
  );
}

const nameOfMember = (id: string | null, members: readonly TeamMember[]): string | null =>
  members.find((member) => member.id === id)?.name ?? id;
