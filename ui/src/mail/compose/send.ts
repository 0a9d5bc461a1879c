import type { QueryClient } from "@tanstack/react-query";
import type { Draft } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
import { keys } from "../../api/queries.ts";
import { showFailure } from "../../api/show-failure.ts";
import { remember, takeUndo } from "../../api/undo.ts";
import { showToast } from "../../components/toasts.ts";
import type { Translate } from "../../i18n/language.tsx";
import { firstNames } from "../conversation/people.ts";
import { markBack, markLeaving, reopen } from "./composing.ts";

type Sending = {
  client: QueryClient;
  t: Translate;
  draft: Draft & { id: string };
  /** Where the draft was written, to go back there. */
  thread: string | null;
  undoSeconds: number;
  /** The account has no connection now. */
  offline: boolean;
};

/** A mail that waits for the connection can be taken back for as long as a toast may stand, s. */
const OFFLINE_TOAST_SECONDS = 10;

/**
 * Queues a draft and says so, with Undo until it leaves. Resolves when it is queued; throws when it was not,
 * and then the draft is as it was.
 */
export const send = async ({ client, t, draft, thread, undoSeconds, offline }: Sending) => {
  const outbox = await api.sendDraft(draft.id);
  markLeaving(draft.id);
  const name = firstNames([...draft.to, ...draft.cc, ...draft.bcc], t);
  const takeBack = () => unsend({ client, t, outbox, thread });
  // Z takes back the newest thing done, and this is it.
  remember({ token: tokenOf(outbox), restore: () => undefined, run: takeBack });
  const seconds = offline ? OFFLINE_TOAST_SECONDS : undoSeconds;
  if (seconds > 0) {
    // Later it has left, and Z means something else again.
    setTimeout(() => takeUndo(tokenOf(outbox)), seconds * 1000);
    showToast({
      text: offline ? t("compose.toast.waits", { name }) : t("compose.toast.sendsSpoken", { name }),
      ...(offline
        ? {}
        : { countdown: (left: number) => t("compose.toast.sends", { name, n: left }) }),
      seconds,
      action: {
        label: t("common.undo"),
        keys: "z",
        run: () => {
          takeUndo(tokenOf(outbox));
          void takeBack();
        },
      },
    });
  }
  await Promise.all(
    [keys.outbox, keys.drafts, keys.overview].map((queryKey) =>
      client.invalidateQueries({ queryKey }),
    ),
  );
};

const tokenOf = (outbox: string): string => `outbox:${outbox}`;

type TakingBack = Pick<Sending, "client" | "t" | "thread"> & { outbox: string };

/** Takes a queued mail back and opens its draft where it was written. */
export const unsend = async ({ client, t, outbox, thread }: TakingBack): Promise<void> => {
  try {
    const draft = await api.unsend(outbox);
    if (draft.id !== null) markBack(draft.id);
    reopen(draft, thread);
  } catch (error) {
    showFailure(t, "compose.unsend.failed", error);
  }
  await client.invalidateQueries({ queryKey: keys.outbox });
};
