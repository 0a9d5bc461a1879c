import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Collision, DocumentChange, Draft } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
import { reasonOf } from "../../api/failure.ts";
import { keys, settingsQuery } from "../../api/queries.ts";
import { showFailure } from "../../api/show-failure.ts";
import { useVoice } from "../../i18n/language.tsx";
import { draftOf } from "./fields.ts";
import { send } from "./send.ts";
import type { ComposerState } from "./use-composer.ts";

type Props = {
  composer: ComposerState;
  draft: Draft;
  thread: string | null;
  offline: boolean;
  onClose: (how: "kept" | "sent" | "discarded") => void;
};

/** What is asked about before a mail leaves. */
type Asked = { others: readonly Collision[]; changes: readonly DocumentChange[] };
const NOTHING: Asked = { others: [], changes: [] };

/** The design's undo window, used until the settings have been read, s. */
const UNDO_SECONDS = 10;

/** The three ways out of a composer: sent, kept, thrown away. None loses a word by itself. */
export function useComposerDoors({ composer, draft, thread, offline, onClose }: Props) {
  const { t, language } = useVoice();
  const client = useQueryClient();
  const settings = useQuery(settingsQuery);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const [asked, setAsked] = useState<Asked>(NOTHING);

  const sendNow = async (sure: boolean) => {
    if (busy) return;
    setBusy(true);
    setRefused(null);
    setAsked(NOTHING);
    try {
      const id = await composer.settle();
      if (!sure) {
        const [others, changes] = await Promise.all([
          draft.replyTo === null ? [] : api.draftCollision(id),
          api.draftChanges(id, language),
        ]);
        if (others.length + changes.length > 0) {
          setAsked({ others, changes });
          return;
        }
      }
      await send({
        client,
        t,
        draft: { ...draftOf(composer.latest(), draft), id },
        thread,
        undoSeconds: settings.data?.undoSeconds ?? UNDO_SECONDS,
        offline,
      });
      await composer.stop();
      onClose("sent");
    } catch (error) {
      setRefused(t("common.failed", { what: t("compose.send.failed"), why: reasonOf(error, t) }));
    } finally {
      setBusy(false);
    }
  };
  const discard = async () => {
    const id = await composer.stop();
    onClose("discarded");
    if (id === null) return;
    try {
      await api.discardDraft(id);
    } catch (error) {
      showFailure(t, "compose.discard.failed", error);
    }
    await client.invalidateQueries({ queryKey: keys.drafts });
  };
  const close = async () => {
    await composer.flush();
    onClose("kept");
  };
  return {
    busy,
    refused,
    /** Who else answers this: asked about before it is sent. */
    others: asked.others,
    /** What changed of documents since it was begun: asked about with them. */
    changes: asked.changes,
    send: () => sendNow(false),
    sendAnyway: () => sendNow(true),
    /** Goes on writing. */
    stay: () => setAsked(NOTHING),
    discard,
    close,
  };
}
