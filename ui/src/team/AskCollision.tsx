import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import type { Collision } from "../api/bindings.ts";
import { teamOverviewQuery } from "../api/team.ts";
import { useNow } from "../app/now.ts";
import { Avatar } from "../components/Avatar.tsx";
import { Button } from "../components/Button.tsx";
import { Dialog } from "../components/Dialog.tsx";
import { useFormat, useT } from "../i18n/language.tsx";
import styles from "./AskCollision.module.css";
import { avatarOf } from "./people.ts";
import { whenWords } from "./when.ts";

type Props = {
  /** Who else answers; nobody: nothing is asked. */
  others: readonly Collision[];
  /** What waited in the outbox, when that is what it is about. */
  held?: string;
  /** The draft stays as it is; Escape, too. */
  onKeep: () => void;
  onSend: () => void;
  onShow: (other: Collision) => void;
};

/**
 * Two answers to one mail are worse than a late one: says who else answers and when, before anything leaves. What is safe
 * has the focus, so that the Enter of Ctrl+Enter sends nothing by mistake.
 */
export function AskCollision({ others, held, onKeep, onSend, onShow }: Props) {
  const t = useT();
  // While it closes it says what it said.
  const last = useRef(others);
  if (others.length > 0) last.current = others;
  const shown = last.current;
  const [first] = shown;
  if (first === undefined) return null;
  const theirs = shown.find(({ message }) => message !== null);
  const who = first.name;
  const title =
    shown.length > 1
      ? t("compose.collision.many", { n: shown.length })
      : held === undefined
        ? t(`compose.collision.${first.what}`, { who })
        : t("compose.held.title", { who });
  return (
    <Dialog
      open={others.length > 0}
      onClose={onKeep}
      title={title}
      description={
        held === undefined
          ? t("compose.collision.text")
          : t("compose.held.text", { subject: held || t("common.noSubject") })
      }
      width={520}
      footer={
        <>
          <Button data-autofocus onClick={onKeep}>
            {t("compose.collision.keep")}
          </Button>
          {theirs === undefined ? null : (
            <Button onClick={() => onShow(theirs)}>{t("compose.collision.show")}</Button>
          )}
          <Button variant="primary" onClick={onSend}>
            {t("compose.collision.send")}
          </Button>
        </>
      }
    >
      <ul className={styles.people}>
        {shown.map((other) => (
          <Other key={other.member} other={other} />
        ))}
      </ul>
    </Dialog>
  );
}

function Other({ other }: { other: Collision }) {
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  const { data: overview } = useQuery(teamOverviewQuery);
  const when = other.at === null ? "" : whenWords(new Date(other.at), now, format, t);
  return (
    <li className={styles.person} data-what={other.what}>
      <Avatar size={24} {...avatarOf(overview?.members ?? [], other.member, other.name)} />
      <span className={styles.name}>{other.name}</span>
      <span className={styles.did}>{t(`compose.collision.did.${other.what}`, { when })}</span>
    </li>
  );
}
