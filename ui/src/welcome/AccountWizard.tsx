import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Discovered } from "../api/bindings.ts";
import { api } from "../api/commands.ts";
import { Failure, sentenceOf } from "../api/failure.ts";
import { keys } from "../api/queries.ts";
import { AddressStep } from "./AddressStep.tsx";
import { emptyFields, formOf, type WizardFields, withDiscovered } from "./account-form.ts";
import { ReadyStep } from "./ReadyStep.tsx";
import { ServerStep } from "./ServerStep.tsx";
import { Steps } from "./Steps.tsx";
import { useTests } from "./use-tests.ts";

/** What the search for the servers brought. */
export type Search =
  | { kind: "found"; found: Discovered }
  | { kind: "nothing" }
  | { kind: "failed"; why: string };

type Place = "address" | "server" | "ready";

/** From an address to a mailbox that fills: address, servers and password, done. */
export function AccountWizard({ onDone }: { onDone: () => void }) {
  const client = useQueryClient();
  const [place, setPlace] = useState<Place>("address");
  const [fields, setFields] = useState<WizardFields>(emptyFields);
  const [search, setSearch] = useState<Search>({ kind: "nothing" });
  const [refused, setRefused] = useState<{ password: boolean; why: string } | null>(null);
  const { tests, again } = useTests(fields, place === "server");
  const change = (part: Partial<WizardFields>) => {
    setRefused(null);
    setFields((now) => ({ ...now, ...part }));
  };

  const discover = useMutation({
    mutationFn: () => api.discoverAccount(fields.email.trim()),
    onSuccess: (found) => {
      setSearch(found.imap === null ? { kind: "nothing" } : { kind: "found", found });
      setFields((now) => withDiscovered(now, found));
    },
    onError: (error) => {
      setSearch({ kind: "failed", why: sentenceOf(error) });
      setFields((now) => ({ ...now, username: now.username || now.email.trim() }));
    },
    onSettled: () => setPlace("server"),
  });
  const add = useMutation({
    mutationFn: async () => {
      const form = formOf(fields);
      if (form !== null) await api.addAccount(form);
    },
    onSuccess: async () => {
      await Promise.all(
        [keys.overview, keys.health].map((queryKey) => client.invalidateQueries({ queryKey })),
      );
      setPlace("ready");
    },
    onError: (error) =>
      setRefused({
        password: error instanceof Failure && error.code === "sign_in",
        why: sentenceOf(error),
      }),
  });

  return (
    <>
      <Steps now={place} />
      {place === "address" ? (
        <AddressStep
          fields={fields}
          searching={discover.isPending}
          onChange={change}
          onNext={() => discover.mutate()}
        />
      ) : null}
      {place === "server" ? (
        <ServerStep
          fields={fields}
          search={search}
          tests={tests}
          refused={refused}
          adding={add.isPending}
          onChange={change}
          onTest={again}
          onBack={() => setPlace("address")}
          onNext={() => add.mutate()}
        />
      ) : null}
      {place === "ready" ? (
        <ReadyStep email={fields.email.trim()} later={tests.kind === "offline"} onDone={onDone} />
      ) : null}
    </>
  );
}
