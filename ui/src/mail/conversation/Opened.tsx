import { useWantedFocus } from "./focus-opened.ts";
import { useShownMessage } from "./show-message.ts";
import { type ConversationDoors, useConversationKeys } from "./use-conversation-keys.ts";

type Props = ConversationDoors & {
  /** Opens one of its messages. */
  onShow: (message: string) => void;
};

/**
 * What a conversation does once it is open: it takes the focus it was promised, shows the message that is wanted, and answers
 * keys. It draws nothing: a conversation drawn ahead is opened without being drawn anew.
 */
export function Opened({ onShow, ...doors }: Props): null {
  const { thread, scroll, messages } = doors;
  useWantedFocus(thread, scroll);
  useShownMessage({ messages, scroll, open: onShow });
  useConversationKeys(doors);
  return null;
}
