import { useQuery } from "@tanstack/react-query";
import type { Address, Conversation } from "../api/bindings.ts";
import { conversationQuery } from "../api/queries.ts";
import { useRoute } from "../app/route.ts";
import { useTeamPanel } from "../app/team-panel.ts";
import { useT } from "../i18n/language.tsx";
import { nameOf } from "../mail/conversation/people.ts";
import { useOwnAddresses } from "../mail/conversation/use-own-addresses.ts";

/** Whom and what the sheet is about. */
export type Meant = {
  /** What the note hangs on: `address:EMAIL`. */
  subject: string | null;
  /** As it is shown. */
  name: string;
  /** The conversation, when one is open or was kept. */
  thread: string | null;
};

/** The person a conversation is with: who wrote last among the others, else whom we wrote to last. */
export function otherSide(
  { messages }: Pick<Conversation, "messages">,
  own: ReadonlySet<string>,
): Address | null {
  const foreign = ({ address }: Address) => address !== "" && !own.has(address.toLowerCase());
  const newestFirst = messages.toReversed().filter(({ draft }) => !draft);
  for (const message of newestFirst) {
    const author = message.from.find(foreign);
    if (author && !message.outgoing) return author;
  }
  for (const message of newestFirst) {
    const reached = [...message.to, ...message.cc].find(foreign);
    if (reached) return reached;
  }
  return null;
}

/** The open conversation of the mail page. */
export function useOpenThread(): string | null {
  const route = useRoute();
  return route.page === "mail" ? route.thread : null;
}

/** Follows the open mail, or stays with what was kept. */
export function useMeant(): Meant {
  const t = useT();
  const { kept } = useTeamPanel();
  const thread = useOpenThread();
  const own = useOwnAddresses();
  const conversation = useQuery({ ...conversationQuery(thread ?? ""), enabled: thread !== null });
  if (kept) return kept;
  const person = thread !== null && conversation.data ? otherSide(conversation.data, own) : null;
  return {
    subject: person === null ? null : `address:${person.address.toLowerCase()}`,
    name: person === null ? t("team.nobody") : nameOf(person),
    thread,
  };
}
