import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { MailFact, WritingMail } from "../../../api/bindings.ts";
import { factsQuery } from "../../../api/writing.ts";
import type { Fields } from "../fields.ts";

/** The pause in typing after which facts are looked at, ms. */
const PAUSE = 400;

const mailOf = ({ to, cc, bcc, subject, own }: Fields): WritingMail => ({
  people: [...to, ...cc, ...bcc],
  subject,
  text: own,
});

/** The facts of what is being written, found beside the typing; those whose words changed meanwhile are left out. */
export function useFacts(fields: Fields): readonly MailFact[] {
  const { to, cc, bcc, subject, own } = fields;
  const mail = useMemo(
    () => mailOf({ to, cc, bcc, subject, own } as Fields),
    [to, cc, bcc, subject, own],
  );
  const asked = usePaused(mail);
  // Without a digit there is nothing to ask.
  const enabled = /\d/u.test(asked.text);
  const { data } = useQuery({ ...factsQuery(asked), enabled, placeholderData: keepPreviousData });
  return useMemo(
    () => (enabled ? still(data ?? [], asked.text, own) : []),
    [data, enabled, asked.text, own],
  );
}

function usePaused(mail: WritingMail): WritingMail {
  const [paused, setPaused] = useState(mail);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(mail), PAUSE);
    return () => clearTimeout(timer);
  }, [mail]);
  return paused;
}

/** Facts where they stand now: what was typed before them moves them along, what was typed into them ends them. */
export function still(facts: readonly MailFact[], before: string, now: string): MailFact[] {
  if (before === now) return facts.filter((fact) => stands(fact, now));
  let head = 0;
  while (head < before.length && before[head] === now[head]) head += 1;
  const moved = now.length - before.length;
  return facts
    .map((fact) => (fact.at + fact.text.length <= head ? fact : { ...fact, at: fact.at + moved }))
    .filter((fact) => stands(fact, now));
}

const stands = ({ at, text }: MailFact, own: string): boolean =>
  at >= 0 && own.slice(at, at + text.length) === text;
