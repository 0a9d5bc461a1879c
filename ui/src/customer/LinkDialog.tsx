import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useId, useState } from "react";
import type { CustomerHit } from "../api/bindings.ts";
import { customersQuery } from "../api/customers.ts";
import { reasonOf } from "../api/failure.ts";
import { Banner } from "../components/Banner.tsx";
import { Button } from "../components/Button.tsx";
import { Dialog } from "../components/Dialog.tsx";
import { type Translate, useT } from "../i18n/language.tsx";
import { useDebounced } from "../mail/search/use-debounced.ts";
import styles from "./LinkDialog.module.css";

/** Typing rests this long before it is searched, ms. */
const REST = 80;

type Props = {
  address: string;
  onLink: (customer: { id: string; name: string }) => void;
  onClose: () => void;
};

/** Says by hand whose an address is: customers by name, arrow keys and Enter. */
export function LinkDialog({ address, onLink, onClose }: Props) {
  const t = useT();
  const list = useId();
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const asked = useDebounced(text.trim(), REST);
  const found = useQuery({ ...customersQuery(asked), enabled: asked !== "" });
  const hits = asked === "" ? [] : (found.data ?? []);
  // What is found for fewer letters is not what was meant: Enter waits for the answer.
  const settled = asked === text.trim();
  const current = settled ? (hits.find(({ id }) => id === chosen) ?? hits[0]) : undefined;
  const take = (customer: CustomerHit) => {
    onLink({ id: customer.id, name: customer.name });
    onClose();
  };
  const press = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && current) take(current);
    else if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    else setChosen(stepped(hits, current, event.key === "ArrowDown" ? 1 : -1));
    event.preventDefault();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("customer.link.title", { address })}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            variant="primary"
            disabledReason={current ? null : t("customer.link.choose")}
            onClick={() => (current ? take(current) : undefined)}
          >
            {t("customer.link.do")}
          </Button>
        </>
      }
    >
      <input
        className={styles.field}
        role="combobox"
        aria-expanded={hits.length > 0}
        aria-controls={list}
        aria-activedescendant={current ? `${list}-${current.id}` : undefined}
        aria-label={t("customer.link.search")}
        placeholder={t("customer.link.search")}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setChosen(null);
        }}
        onKeyDown={press}
      />
      <Hits id={list} hits={hits} current={current} onChoose={setChosen} onTake={take} />
      {found.isError ? (
        <Banner tone="red">
          {t("customer.searchFailed")} {reasonOf(found.error, t)}
        </Banner>
      ) : (
        <p className={hits.length > 0 ? "visually-hidden" : styles.quiet} role="status">
          {outcome(asked, found.data, t)}
        </p>
      )}
    </Dialog>
  );
}

type HitsProps = {
  id: string;
  hits: readonly CustomerHit[];
  current: CustomerHit | undefined;
  onChoose: (id: string) => void;
  onTake: (customer: CustomerHit) => void;
};

function Hits({ id, hits, current, onChoose, onTake }: HitsProps) {
  const t = useT();
  return (
    <div id={id} className={styles.hits} role="listbox" aria-label={t("customer.link.search")}>
      {hits.map((hit) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's
        <div
          key={hit.id}
          id={`${id}-${hit.id}`}
          className={styles.hit}
          role="option"
          tabIndex={-1}
          aria-selected={hit === current}
          onClick={() => onChoose(hit.id)}
          onDoubleClick={() => onTake(hit)}
        >
          <span className={styles.name}>{hit.name}</span>
        </div>
      ))}
    </div>
  );
}

/** What came of the search, in words. */
function outcome(text: string, found: CustomerHit[] | undefined, t: Translate): string {
  if (text === "") return t("customer.link.empty");
  if (found === undefined) return "";
  if (found.length === 0) return t("customer.link.nothing", { text });
  return t("customer.link.results", { n: found.length });
}

/** The one before or after; past an end it goes on at the other. */
function stepped(
  hits: readonly CustomerHit[],
  from: CustomerHit | undefined,
  by: 1 | -1,
): string | null {
  const at = hits.findIndex(({ id }) => id === from?.id);
  return hits[(at + by + hits.length) % hits.length]?.id ?? null;
}
