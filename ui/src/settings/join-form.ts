import type { PlainKey } from "../i18n/language.tsx";

/** What stands in the form. */
export type JoinFields = {
  link: string;
  server: string;
  name: string;
  email: string;
  password: string;
};

/** The server's own limit. */
const LEAST = 8;

/** Whether an invitation says by itself where its server is. */
export function isJoinLink(text: string): boolean {
  return /^https?:\/\/\S+$/i.test(text.trim());
}

/** Whether a link is whole, so that its server may be asked something. */
export function isWholeLink(text: string): boolean {
  return /^https?:\/\/\S+\/join\/(\w{4}-?){4}$/i.test(text.trim());
}

/** What keeps the form from being sent, by field. */
export function joinProblems(fields: JoinFields): Partial<Record<keyof JoinFields, PlainKey>> {
  const { link, server, email, password } = fields;
  return {
    ...(link.trim() === "" ? { link: "team.join.link.missing" as const } : {}),
    ...(link.trim() !== "" && !isJoinLink(link) && server.trim() === ""
      ? { server: "team.join.server.missing" as const }
      : {}),
    ...(/^\S+@\S+$/.test(email.trim()) ? {} : { email: "team.join.email.missing" as const }),
    ...(password.length < LEAST ? { password: "team.join.password.short" as const } : {}),
  };
}
