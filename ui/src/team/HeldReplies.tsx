import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { Collision, OutboxView } from "../api/bindings.ts";
import { api } from "../api/commands.ts";
import { keys, outboxQuery, settingsQuery } from "../api/queries.ts";
import { showFailure } from "../api/show-failure.ts";
import { goToMail } from "../app/route.ts";
import { dismissToast, showToast } from "../components/toasts.ts";
import { type PlainKey, useT, useVoice } from "../i18n/language.tsx";
import { showMessage } from "../mail/conversation/show-message.ts";
import { AskCollision } from "./AskCollision.tsx";
import { decideAbout, useDecidedAbout } from "./held.ts";

/** How long it is said what became of it, s. */
const TOLD = 6;

/**
 * Mails that waited for the network and were overtaken, by a colleague's answer or a change in the ERP: each is told once, where nothing covers what one
 * writes, and asked about when the person wants to decide.
 */
export function HeldReplies() {
  const id = useDecidedAbout();
  const { data: outbox } = useQuery(outboxQuery);
  const held = (outbox ?? []).filter((mail) => mail.held);
  // Before the settings are here nobody knows in which language to tell.
  const { isSuccess: ready } = useQuery(settingsQuery);
  useToasts(ready ? held : []);
  const mail = held.find((one) => one.id === id);
  return mail ? <Deciding key={mail.id} mail={mail} /> : null;
}

function useToasts(held: readonly OutboxView[]): void {
  const t = useT();
  const told = useRef(new Map<string, number>());
  const now = held.map(({ id }) => id).join(" ");
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once, when the list of them changes
  useEffect(() => {
    for (const { id, subject } of held) {
      if (told.current.has(id)) continue;
      const toast = showToast({
        text: t("compose.held.toast", { subject: subject.trim() || t("common.noSubject") }),
        seconds: null,
        action: { label: t("outbox.held.decide"), run: () => decideAbout(id) },
      });
      told.current.set(id, toast);
    }
    for (const [id, toast] of told.current) {
      if (held.some((mail) => mail.id === id)) continue;
      dismissToast(toast);
      told.current.delete(id);
    }
  }, [now]);
}

function Deciding({ mail }: { mail: OutboxView }) {
  const t = useT();
  const client = useQueryClient();
  const collision = useQuery({
    queryKey: [...keys.outbox, "collision", mail.id],
    queryFn: () => api.outboxCollision(mail.id),
    gcTime: 0,
  });
  const { language } = useVoice();
  const changes = useQuery({
    queryKey: [...keys.outbox, "changes", mail.id, language],
    queryFn: () => api.outboxChanges(mail.id, language),
    gcTime: 0,
  });
  const close = () => decideAbout(null);
  const decide = (run: () => Promise<unknown>, said: PlainKey) => {
    close();
    run()
      .then(() => showToast({ text: t(said), seconds: TOLD, action: null }))
      .catch((error: unknown) => showFailure(t, "compose.held.failed", error))
      .finally(() => {
        for (const queryKey of [keys.outbox, keys.drafts, keys.overview, keys.health]) {
          client.invalidateQueries({ queryKey }).catch(() => undefined);
        }
      });
  };
  const show = ({ thread, message }: Collision) => {
    close();
    goToMail({ thread, search: null, compose: null });
    if (message !== null) showMessage(message);
  };
  return (
    <AskCollision
      others={collision.data ?? []}
      changes={changes.data ?? []}
      held={mail.subject.trim()}
      onKeep={() => decide(() => api.cancelOutbox(mail.id), "outbox.cancel.done")}
      onSend={() => decide(() => api.retryOutbox(mail.id), "compose.held.sent")}
      onShow={show}
    />
  );
}
