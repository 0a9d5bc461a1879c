import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Draft } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
import { sentenceOf } from "../../api/failure.ts";
import { draftsQuery } from "../../api/queries.ts";
import { goToMail } from "../../app/route.ts";
import { Banner } from "../../components/Banner.tsx";
import { Button } from "../../components/Button.tsx";
import { AfterPatience, Bar } from "../../components/Skeleton.tsx";
import { showToast } from "../../components/toasts.ts";
import { useT } from "../../i18n/language.tsx";
import styles from "./ComposePane.module.css";
import { Composer } from "./Composer.tsx";
import { takeReopened } from "./composing.ts";

type Props = {
  /** "new", or the id of a stored draft. */
  compose: string;
  onDone: () => void;
};

/** A message of its own, in the conversation's place. */
export function ComposePane({ compose, onDone }: Props) {
  const t = useT();
  const { draft, failed, retry } = useDraft(compose);
  const latest = useRef<Draft | null>(null);
  useKeptToast(latest);
  return (
    <div className={styles.pane} data-focus-home tabIndex={-1}>
      <header className={styles.header}>
        <h1 className={styles.title}>{t("compose.new")}</h1>
      </header>
      <div className={styles.body}>
        {failed === null ? null : (
          <Banner tone="red" action={<Button onClick={retry}>{t("common.tryAgain")}</Button>}>
            {t("compose.start.failed")} {t.said(failed)}
          </Banner>
        )}
        {draft === null ? (
          failed === null ? (
            <AfterPatience>
              <Bar width="40%" />
            </AfterPatience>
          ) : null
        ) : (
          <Composer
            key={compose}
            draft={draft}
            thread={null}
            autoFocus
            onChange={(next) => {
              latest.current = next;
            }}
            onClose={() => {
              latest.current = null;
              onDone();
            }}
          />
        )}
      </div>
    </div>
  );
}

/** The draft to show: the one handed over, a stored one, or a fresh one. */
function useDraft(compose: string) {
  const client = useQueryClient();
  const [draft, setDraft] = useState<Draft | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [attempt, setAttempt] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new attempt asks again
  useEffect(() => {
    let gone = false;
    setDraft(null);
    setFailed(null);
    const find = async (): Promise<Draft> => {
      if (compose === "new") return api.startDraft("new", null);
      const known = takeReopened(compose);
      if (known !== null) return known;
      const stored = await client.fetchQuery({ ...draftsQuery, staleTime: 0 });
      return stored.find(({ id }) => id === compose) ?? api.startDraft("new", null);
    };
    find().then(
      (found) => (gone ? undefined : setDraft(found)),
      (error: unknown) => (gone ? undefined : setFailed(sentenceOf(error))),
    );
    return () => {
      gone = true;
    };
  }, [compose, client, attempt]);
  return { draft, failed, retry: () => setAttempt((now) => now + 1) };
}

/** Whoever leaves for another thread in the middle of a sentence is told where the sentence went. */
function useKeptToast(latest: { current: Draft | null }): void {
  const t = useT();
  useEffect(
    () => () => {
      const draft = latest.current;
      if (draft === null) return;
      showToast({
        text: t("compose.close.kept"),
        seconds: 6,
        action:
          draft.id === null
            ? null
            : {
                label: t("conversation.draft.edit"),
                run: () => goToMail({ compose: draft.id }),
              },
      });
    },
    [latest, t],
  );
}
