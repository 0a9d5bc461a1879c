import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import type { Collision, DocumentChange } from "../api/bindings.ts";
import { teamOverviewQuery } from "../api/team.ts";
import { useNow } from "../app/now.ts";
import { Avatar } from "../components/Avatar.tsx";
import { Button } from "../components/Button.tsx";
import { Dialog } from "../components/Dialog.tsx";
import { type Translate, useFormat, useT } from "../i18n/language.tsx";
import styles from "./AskCollision.module.css";
import { ChangedDocuments } from "./ChangedDocuments.tsx";
import { avatarOf } from "./people.ts";
import { whenWords } from "./when.ts";

type Props = {
  /** Who else answers; nobody: nothing is asked. */
  others: readonly Collision[];
  /** What changed of documents since; with nobody and nothing, nothing is asked. */
  changes?: readonly DocumentChange[];
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
export function AskCollision({ others, changes = [], held, onKeep, onSend, onShow }: Props) {
  const t = useT();
  const open = others.length + changes.length > 0;
  // While it closes it says what it said.
  const last = useRef({ others, changes });
  if (open) last.current = { others, changes };
  const { others: shown, changes: changed } = last.current;
  if (shown.length + changed.length === 0) return null;
  const theirs = shown.find(({ message }) => message !== null);
  const { title, text } = sentences(t, shown, changed, held);
  return (
    <Dialog
      open={open}
      onClose={onKeep}
      title={title}
      description={text}
      width={520}
      footer={
        <>
          <Button data-autofocus onClick={onKeep}>
            {t(shown.length > 0 ? "compose.collision.keep" : "writing.guard.look")}
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
      {shown.length === 0 ? null : (
        <ul className={styles.people}>
          {shown.map((other) => (
            <Other key={other.member} other={other} />
          ))}
        </ul>
      )}
      {changed.length === 0 ? null : <ChangedDocuments changes={changed} />}
    </Dialog>
  );
}

/** What the question says first: of colleagues where there are some, else of documents. */
function sentences(
  t: Translate,
  [first, ...others]: readonly Collision[],
  changed: readonly DocumentChange[],
  held: string | undefined,
): { title: string; text: string } {
  const subject = held || t("common.noSubject");
  if (first === undefined) {
    const n = new Set(changed.map(({ number }) => number)).size;
    return held === undefined
      ? { title: t("writing.guard.title", { n }), text: t("writing.guard.text") }
      : { title: t("writing.guard.heldTitle"), text: t("writing.guard.held", { subject }) };
  }
  const who = first.name;
  const text =
    held === undefined ? t("compose.collision.text") : t("compose.held.text", { subject });
  if (others.length > 0) {
    return { title: t("compose.collision.many", { n: others.length + 1 }), text };
  }
  const title =
    held === undefined
      ? t(`compose.collision.${first.what}`, { who })
      : t("compose.held.title", { who });
  return { title, text };
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
