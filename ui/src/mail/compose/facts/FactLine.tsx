import { Popover } from "@base-ui/react/popover";
import { CircleCheck, CircleHelp, History, type LucideIcon } from "lucide-react";
import type { FactState, MailFact } from "../../../api/bindings.ts";
import { useNow } from "../../../app/now.ts";
import { Button } from "../../../components/Button.tsx";
import { Icon } from "../../../components/Icon.tsx";
import { ageOf } from "../../../customer/age.ts";
import { useFormat, useT } from "../../../i18n/language.tsx";
import styles from "./Facts.module.css";

type Props = {
  facts: readonly MailFact[];
  /** Writes what the document says in place of what the text says. */
  onReplace: (fact: MailFact) => void;
  /** Which fact the caret was put into; null shows all. */
  only: MailFact | null;
  open: boolean;
  onOpen: (open: boolean) => void;
};

const ICONS: Record<FactState, LucideIcon> = {
  matched: CircleCheck,
  stale: History,
  unknown: CircleHelp,
};

/** What Metakocka says of the values in the text: one quiet line, the details one press away. */
export function FactLine({ facts, onReplace, only, open, onOpen }: Props) {
  const t = useT();
  if (facts.length === 0) return null;
  const count = (state: FactState) => facts.filter((fact) => fact.state === state).length;
  const [matched, stale, unknown] = [count("matched"), count("stale"), count("unknown")];
  const parts = [
    stale > 0 ? t("writing.facts.stale", { n: stale }) : "",
    matched > 0 ? t("writing.facts.matched", { n: matched }) : "",
    unknown > 0 ? t("writing.facts.unknown", { n: unknown }) : "",
  ].filter((part) => part !== "");
  const worst: FactState = stale > 0 ? "stale" : matched > 0 ? "matched" : "unknown";
  const shown = only === null ? facts : facts.filter((fact) => fact.at === only.at);
  return (
    <Popover.Root open={open} onOpenChange={onOpen}>
      <Popover.Trigger
        render={
          <button type="button" className={styles.line} data-state={worst}>
            <Icon of={ICONS[worst]} size={14} />
            <span role="status">{parts.join(" · ")}</span>
          </button>
        }
      />
      <Popover.Portal>
        <Popover.Positioner className={styles.positioner} side="top" align="start" sideOffset={6}>
          <Popover.Popup className={styles.popup} aria-label={t("writing.facts.title")}>
            <Popover.Title className={styles.title}>{t("writing.facts.title")}</Popover.Title>
            <ul className={styles.list}>
              {shown.map((fact) => (
                <FactRow
                  key={fact.at}
                  fact={fact}
                  onReplace={() => {
                    onReplace(fact);
                    onOpen(false);
                  }}
                />
              ))}
            </ul>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function FactRow({ fact, onReplace }: { fact: MailFact; onReplace: () => void }) {
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  const age =
    fact.asOf === null ? "" : ageOf({ asOf: fact.asOf, stale: "fresh" }, now, format, t).text;
  const { instead } = fact;
  const where = [fact.document ?? "", age].filter((part) => part !== "").join(" · ");
  return (
    <li className={styles.fact} data-state={fact.state}>
      <Icon of={ICONS[fact.state]} size={16} />
      <div className={styles.words}>
        <p className={styles.value}>
          {fact.text}
          <span className={styles.state}>{t(`writing.fact.${fact.state}`)}</span>
        </p>
        {fact.state === "stale" ? (
          <p className={styles.now}>
            {fact.value === "gone"
              ? t("writing.fact.gone")
              : t("writing.fact.now", { value: instead ?? fact.value ?? "" })}
          </p>
        ) : null}
        {fact.state === "unknown" ? (
          <p className={styles.now}>{t("writing.fact.nowhere")}</p>
        ) : (
          <p className={styles.where}>{where}</p>
        )}
      </div>
      {fact.state === "stale" && instead !== null ? (
        <Button size="small" onClick={onReplace}>
          {t("writing.fact.replace", { value: instead })}
        </Button>
      ) : null}
    </li>
  );
}
