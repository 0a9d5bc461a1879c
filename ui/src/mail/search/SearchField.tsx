import { useQuery } from "@tanstack/react-query";
import { Pin, Search, X } from "lucide-react";
import { type KeyboardEvent, useRef, useState } from "react";
import { viewsQuery } from "../../api/queries.ts";
import { useForm } from "../../app/layout.ts";
import { goToMail } from "../../app/route.ts";
import { Button } from "../../components/Button.tsx";
import { Icon } from "../../components/Icon.tsx";
import { Kbd } from "../../components/Kbd.tsx";
import { useFormat, useT } from "../../i18n/language.tsx";
import { ViewDialog } from "../rail/ViewDialog.tsx";
import { type Chip, joinQuery, OPERATORS, reopenLast, splitQuery, without } from "./query.ts";
import styles from "./Search.module.css";

type Props = {
  text: string;
  ms: number | null;
  onChange: (text: string) => void;
  onDown: () => void;
  onEnter: () => void;
};

/** The field: chips of finished operators, then the text being typed. */
export function SearchField({ text, ms, onChange, onDown, onEnter }: Props) {
  const t = useT();
  const narrow = useForm() === "one";
  const input = useRef<HTMLInputElement>(null);
  const { chips, rest } = splitQuery(text);

  const change = (next: string) => {
    onChange(next);
    input.current?.focus();
  };
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    const atStart =
      event.currentTarget.selectionStart === 0 && event.currentTarget.selectionEnd === 0;
    const reopened = event.key === "Backspace" && atStart ? reopenLast(chips, rest) : null;
    if (reopened !== null) {
      event.preventDefault();
      onChange(reopened);
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      onDown();
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      onEnter();
    } else if (event.key === "Escape") {
      event.preventDefault();
      goToMail({ search: null });
    }
  };

  return (
    <search className={styles.top} aria-label={t("search.label")}>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the text puts the caret into it */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: same */}
      <div className={styles.field} onClick={() => input.current?.focus()}>
        <span className={styles.glass}>
          <Icon of={Search} />
        </span>
        {chips.map((chip, index) => (
          <ChipView
            key={chip.text}
            chip={chip}
            onRemove={() => change(without(chips, index, rest))}
          />
        ))}
        <input
          ref={input}
          // biome-ignore lint/a11y/noAutofocus: the field is what was asked for
          autoFocus
          className={styles.input}
          type="text"
          aria-label={t("search.field")}
          placeholder={chips.length === 0 ? t("search.placeholder") : ""}
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
          value={rest}
          data-pane-focus=""
          onChange={(event) => onChange(joinQuery(chips, event.target.value))}
          onKeyDown={press}
        />
        {ms === null ? null : (
          <span className={styles.ms}>{t("search.ms", { n: Math.ceil(ms) })}</span>
        )}
        <button type="button" className={styles.leave} onClick={() => goToMail({ search: null })}>
          {narrow ? <Icon of={X} /> : <Kbd keys="Escape" />}
          <span className="visually-hidden">Esc, {t("common.back")}</span>
        </button>
      </div>
      <Operators text={text} onPick={(offer) => change(appended(chips, rest, offer))} />
    </search>
  );
}

/** The search with an operator put at its end. */
function appended(chips: readonly Chip[], rest: string, offer: string): string {
  const gap = rest === "" || rest.endsWith(" ") ? "" : " ";
  return `${joinQuery(chips, rest)}${gap}${offer}`;
}

function Operators({ text, onPick }: { text: string; onPick: (offer: string) => void }) {
  const t = useT();
  return (
    <div className={styles.operators}>
      <span className={styles.add}>{t("search.add")}</span>
      {OFFERED.map((offer) => (
        <button key={offer} type="button" className={styles.operator} onClick={() => onPick(offer)}>
          {offer}
        </button>
      ))}
      <KeepView search={text.trim()} />
    </div>
  );
}

/** Keeps what is searched in the rail, unless it is there. */
function KeepView({ search }: { search: string }) {
  const t = useT();
  const { data } = useQuery(viewsQuery);
  const [open, setOpen] = useState(false);
  const known = data === undefined || data.views.some((view) => view.search === search);
  if (search === "" || known) return null;
  return (
    <>
      <Button
        variant="ghost"
        size="small"
        icon={Pin}
        className={styles.keep}
        onClick={() => setOpen(true)}
      >
        {t("view.keep")}
      </Button>
      {open ? (
        <ViewDialog id={null} name={search} search={search} onClose={() => setOpen(false)} />
      ) : null}
    </>
  );
}

const OFFERED = OPERATORS.flatMap((operator) => {
  if (operator === "has") return ["has:attachment "];
  if (operator === "is") return ["is:unread "];
  if (operator === "status") return ["status:overdue "];
  if (operator === "overdue") return [];
  if (operator === "first") return ["first:contact "];
  return [`${operator}:`];
});

function ChipView({ chip, onRemove }: { chip: Chip; onRemove: () => void }) {
  const t = useT();
  const format = useFormat();
  const isDay =
    (chip.operator === "before" || chip.operator === "after") &&
    !Number.isNaN(Date.parse(chip.value));
  const name = chip.not ? `-${chip.operator}` : chip.operator;
  const shown = isDay ? format.date(new Date(`${chip.value}T12:00`), new Date(0)) : chip.value;
  return (
    <span className={styles.chip}>
      <span className={styles.chipName}>{name}:</span>
      <span className={styles.chipValue}>{shown}</span>
      <button
        type="button"
        className={styles.chipClose}
        aria-label={t("search.remove", { what: `${name}: ${shown}` })}
        onClick={(event) => {
          event.stopPropagation();
          onRemove();
        }}
      >
        <Icon of={X} size={14} />
      </button>
    </span>
  );
}
