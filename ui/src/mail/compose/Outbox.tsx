import { useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleAlert, CircleHelp, Clock, Send } from "lucide-react";
import type { OutboxView } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
import { reasonOf } from "../../api/failure.ts";
import { keys, outboxQuery } from "../../api/queries.ts";
import { useCommand } from "../../api/use-command.ts";
import { Banner } from "../../components/Banner.tsx";
import { Button } from "../../components/Button.tsx";
import { Icon } from "../../components/Icon.tsx";
import { showToast } from "../../components/toasts.ts";
import { type PlainKey, useFormat, useT } from "../../i18n/language.tsx";
import { decideAbout } from "../../team/held.ts";
import { nameList } from "../conversation/people.ts";
import styles from "./Outbox.module.css";

type State = OutboxView["state"];

const LOOK: Record<State, { icon: typeof Clock; word: PlainKey }> = {
  queued: { icon: Clock, word: "outbox.state.queued" },
  sending: { icon: Send, word: "outbox.state.sending" },
  unknown: { icon: CircleHelp, word: "outbox.state.unknown" },
  failed: { icon: CircleAlert, word: "outbox.state.failed" },
  cancelled: { icon: Clock, word: "outbox.state.cancelled" },
  sent: { icon: Send, word: "outbox.state.sent" },
};

/** Those a person must decide about come first. */
const ORDER: readonly State[] = ["unknown", "failed", "sending", "queued"];

/** Mail on its way out: what waits, what the server refused, and what may have been delivered. */
export function Outbox() {
  const t = useT();
  const outbox = useQuery(outboxQuery);
  const rows = (outbox.data ?? [])
    .filter(({ state }) => ORDER.includes(state))
    .sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  return (
    <section className={styles.card} aria-label={t("outbox.title")}>
      <h2 className={styles.title}>{t("outbox.title")}</h2>
      {outbox.isError ? (
        <Banner
          tone="red"
          action={
            <Button size="small" onClick={() => void outbox.refetch()}>
              {t("common.tryAgain")}
            </Button>
          }
        >
          {t("outbox.failedToLoad")} {reasonOf(outbox.error, t)}
        </Banner>
      ) : null}
      {outbox.data !== undefined && rows.length === 0 ? (
        <div className={styles.empty}>
          <p>{t("outbox.empty")}</p>
          <p className={styles.hint}>{t("outbox.empty.hint")}</p>
        </div>
      ) : (
        <ul>
          {rows.map((mail) => (
            <Waiting key={mail.id} mail={mail} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Waiting({ mail }: { mail: OutboxView }) {
  const t = useT();
  const format = useFormat();
  const { icon, word } = LOOK[mail.state];
  const at = new Date(mail.at);
  const facts = [
    t("outbox.to", { names: nameList(mail.to, 3, t) }),
    Number.isNaN(at.getTime()) ? null : format.moment(at, new Date()),
    mail.attempts > 0 ? t("outbox.attempts", { n: mail.attempts }) : null,
  ].filter((fact) => fact !== null);
  return (
    <li className={styles.mail} data-state={mail.state}>
      <Icon of={icon} />
      <div className={styles.words}>
        <p className={styles.line}>
          <span className={styles.subject}>{mail.subject.trim() || t("common.noSubject")}</span>
          <span className={styles.state}>{t(mail.held ? "outbox.state.held" : word)}</span>
        </p>
        <p className={styles.facts}>{facts.join(", ")}</p>
        <Why mail={mail} />
      </div>
      {mail.held ? <Decide mail={mail} /> : <Decisions mail={mail} />}
    </li>
  );
}

function Why({ mail }: { mail: OutboxView }) {
  const t = useT();
  if (mail.state === "unknown") {
    return (
      <p className={styles.why}>
        {mail.error === null
          ? `${t("outbox.unknown.what")} ${t("outbox.unknown.safe")}`
          : t.said(mail.error)}
      </p>
    );
  }
  if (mail.held) {
    return (
      <p className={styles.why} data-selectable>
        {t.said(mail.error ?? "")}
      </p>
    );
  }
  if (mail.state === "failed") {
    return (
      <p className={styles.why} data-selectable>
        {t.said(mail.error ?? "")} {t("outbox.failed.safe")}
      </p>
    );
  }
  return mail.error === null ? null : (
    <p className={styles.facts} data-selectable>
      {t.said(mail.error)}
    </p>
  );
}

/** A colleague was faster: the same question as before sending. */
function Decide({ mail }: { mail: OutboxView }) {
  const t = useT();
  return (
    <div className={styles.buttons}>
      <Button size="small" onClick={() => decideAbout(mail.id)}>
        {t("outbox.held.decide")}
      </Button>
    </div>
  );
}

function Decisions({ mail }: { mail: OutboxView }) {
  const t = useT();
  const client = useQueryClient();
  const stale = [keys.outbox, keys.drafts, keys.overview, keys.health];
  const retry = useCommand({
    run: () => api.retryOutbox(mail.id),
    failureTitle: "outbox.retry.failed",
    stale,
  });
  const cancel = useCommand({
    run: () => api.cancelOutbox(mail.id),
    failureTitle: "outbox.cancel.failed",
    stale,
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: keys.drafts });
      if (mail.state !== "unknown") {
        showToast({ text: t("outbox.cancel.done"), seconds: 6, action: null });
      }
    },
  });
  const busy = retry.isPending || cancel.isPending ? t("common.loading") : null;
  if (mail.state === "sending") return null;
  const words: { retry: PlainKey; cancel: PlainKey } =
    mail.state === "unknown"
      ? { retry: "outbox.retry", cancel: "outbox.arrived" }
      : {
          retry: mail.state === "failed" ? "outbox.retry" : "outbox.retryNow",
          cancel: "outbox.cancel",
        };
  return (
    <div className={styles.buttons}>
      <Button size="small" disabledReason={busy} onClick={() => retry.mutate(undefined)}>
        {t(words.retry)}
      </Button>
      <Button
        size="small"
        variant="ghost"
        disabledReason={busy}
        onClick={() => cancel.mutate(undefined)}
      >
        {t(words.cancel)}
      </Button>
    </div>
  );
}
