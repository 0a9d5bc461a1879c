import type { Address, MessageHead } from "../../api/bindings.ts";
import type { Translate } from "../../i18n/language.tsx";

/** What a person is called in a line of text: the name, or the address when there is none. */
export const nameOf = ({ name, address }: Address): string => name.trim() || address;

/** The word one would greet with: "Kovač, Tomaž" and "Tomaž Kovač" both give Tomaž. */
export const firstName = (person: Address): string => {
  const name = nameOf(person);
  if (name.includes("@")) return name;
  const [family, given] = name.split(",", 2);
  return (given?.trim() || family?.trim() || name).split(/\s+/u)[0] ?? name;
};

/** Who wrote it; mail without a sender exists. */
export const senderOf = (message: MessageHead, t: Translate): Address =>
  message.from[0] ?? { name: t("common.unknownSender"), address: "" };

/** Names in a row: all up to `most`, then how many more. */
export const nameList = (people: Address[], most: number, t: Translate): string => {
  const names = people.slice(0, most).map(nameOf).join(", ");
  const more = people.length - most;
  return more > 0 ? t("conversation.andMore", { names, n: more }) : names;
};

const MOST_RECIPIENTS = 3;

/** "to prodaja@…, cc Nina Kovač" */
export const recipientsLine = (message: MessageHead, t: Translate): string => {
  const to =
    message.to.length === 0 ? t("conversation.nobody") : nameList(message.to, MOST_RECIPIENTS, t);
  if (message.cc.length === 0) return t("conversation.to", { to });
  return t("conversation.toCc", { to, cc: nameList(message.cc, MOST_RECIPIENTS, t) });
};

/** Everyone an answer to all would reach, ourselves left out. */
export const answerees = (message: MessageHead, own: ReadonlySet<string>): Address[] => {
  const authors = message.replyTo.length > 0 ? message.replyTo : message.from;
  const everyone = message.outgoing ? message.to : [...authors, ...message.to];
  const seen = new Set<string>();
  return [...everyone, ...message.cc].filter((person) => {
    const key = person.address.toLowerCase();
    if (own.has(key) || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
};

/** Whom a plain answer reaches. */
export const answeree = (message: MessageHead): Address[] => {
  if (message.outgoing) return message.to;
  return message.replyTo.length > 0 ? message.replyTo : message.from;
};

/** "Tomaž", "Tomaž and Nina", "Tomaž, Nina and 2 more". */
export const firstNames = (people: Address[], t: Translate): string => {
  const [a = "", b = "", ...rest] = people.map(firstName);
  if (b === "") return a;
  return rest.length === 0
    ? t("conversation.names.two", { a, b })
    : t("conversation.names.more", { a, b, n: rest.length });
};
