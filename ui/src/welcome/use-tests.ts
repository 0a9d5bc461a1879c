import { useEffect, useRef, useState } from "react";
import { api } from "../api/commands.ts";
import { Failure, sentenceOf } from "../api/failure.ts";
import { formOf, type Tests, type WizardFields } from "./account-form.ts";

/** A pause in typing after which the servers are asked, ms: not at every letter of a password. */
const PAUSE = 700;

/**
 * Tests the servers by itself when one pauses. An answer to an older form is thrown away. Nothing is asked
 * while something is missing: servers lock out who tries empty passwords.
 */
export function useTests(fields: WizardFields, active: boolean) {
  const [tests, setTests] = useState<Tests>({ kind: "waiting" });
  const turn = useRef(0);
  const form = active && fields.password !== "" ? formOf(fields) : null;
  const wanted = form === null ? null : JSON.stringify(form);
  const latest = useRef(form);
  latest.current = form;

  const run = async () => {
    const asked = latest.current;
    if (asked === null) return;
    turn.current += 1;
    const mine = turn.current;
    setTests({ kind: "running" });
    const result = await api.testAccount(asked).then(
      (lines): Tests => ({ kind: "done", lines }),
      (error: unknown): Tests =>
        error instanceof Failure && error.code === "offline"
          ? { kind: "offline" }
          : { kind: "failed", why: sentenceOf(error) },
    );
    if (turn.current === mine) setTests(result);
  };
  const again = useRef(run);
  again.current = run;

  useEffect(() => {
    turn.current += 1;
    setTests({ kind: "waiting" });
    if (wanted === null) return;
    const timer = setTimeout(() => void again.current(), PAUSE);
    return () => clearTimeout(timer);
  }, [wanted]);

  return { tests, again: () => void again.current() };
}
