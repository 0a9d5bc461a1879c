import { AlertDialog } from "@base-ui/react/alert-dialog";
import { useQuery } from "@tanstack/react-query";
import { History } from "lucide-react";
import { type KeyboardEvent, useId, useRef, useState } from "react";
import type { ConflictValue, TeamConflict, TeamOverview } from "../api/bindings.ts";
import { api } from "../api/commands.ts";
import { conflictsQuery, teamKeys } from "../api/team.ts";
import { useCommand } from "../api/use-command.ts";
import { useNow } from "../app/now.ts";
import { Avatar } from "../components/Avatar.tsx";
import { Button } from "../components/Button.tsx";
import { Icon } from "../components/Icon.tsx";
import { showToast } from "../components/toasts.ts";
import { type Translate, useFormat, useT } from "../i18n/language.tsx";
import { longDate } from "../mail/conversation/message-date.ts";
import styles from "./ConflictDialog.module.css";
import { avatarOf } from "./people.ts";

type Props = { id: string; overview: TeamOverview; onClose: () => void };

const TOLD = 6;

/**
 * Two people changed a field where nobody may win silently: a person chooses. Closing leaves both values standing.
 *
 * Once somebody else has chosen, it says so and nothing can be pressed by mistake any more.
 */
export function ConflictDialog({ id, overview, onClose }: Props) {
  const { data: conflicts = [] } = useQuery(conflictsQuery);
  const found = conflicts.find((conflict) => conflict.id === id);
  const known = useRef<TeamConflict | null>(null);
  if (found) known.current = found;
  const conflict = known.current;
  const popup = useRef<HTMLDivElement>(null);
  if (conflict === null) return null;
  return (
    <AlertDialog.Root open onOpenChange={(open) => (open ? undefined : onClose())}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={styles.scrim} />
        <AlertDialog.Popup
          ref={popup}
          className={styles.dialog}
          initialFocus={() =>
            popup.current?.querySelector<HTMLElement>("input:checked") ?? popup.current
          }
        >
          {found ? (
            <Choosing conflict={found} overview={overview} onClose={onClose} />
          ) : (
            <Decided conflict={conflict} onClose={onClose} />
          )}
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

const CRITICAL = ["credit_limit", "delivery_promise", "price_agreement"] as const;

function fieldName(field: string, t: Translate): string {
  const known = CRITICAL.find((name) => name === field);
  return known ? t(`team.field.${known}`) : t("team.field.other", { name: field });
}

function Decided({ conflict, onClose }: { conflict: TeamConflict; onClose: () => void }) {
  const t = useT();
  return (
    <>
      <header className={styles.header}>
        <AlertDialog.Title className={styles.title}>
          {t("team.conflict.title", { field: fieldName(conflict.field, t) })}
        </AlertDialog.Title>
        <AlertDialog.Description className={styles.text}>
          {t("team.conflict.decided")}
        </AlertDialog.Description>
      </header>
      <footer className={styles.footer}>
        <Button variant="primary" onClick={onClose}>
          {t("common.close")}
        </Button>
      </footer>
    </>
  );
}

type ChoosingProps = { conflict: TeamConflict; overview: TeamOverview; onClose: () => void };

function Choosing({ conflict, overview, onClose }: ChoosingProps) {
  const t = useT();
  const { values } = conflict;
  const start = Math.max(
    0,
    values.findIndex((value) => value.mine),
  );
  const [chosen, setChosen] = useState<number | "other">(start);
  const [other, setOther] = useState("");
  const name = useId();
  const field = fieldName(conflict.field, t);
  const value = chosen === "other" ? other.trim() : (values[chosen]?.value ?? null);
  const missing = chosen === "other" && value === "";
  const resolve = useCommand({
    run: () => api.resolveConflict(conflict.id, value),
    failureTitle: "team.conflict.failed",
    stale: [teamKeys.all],
    onSuccess: () => {
      const words = value ?? t("team.conflict.noBase");
      showToast({
        text: t("team.conflict.done", { field, value: words }),
        seconds: TOLD,
        action: null,
      });
      onClose();
    },
  });
  const keep = () => (missing || resolve.isPending ? undefined : resolve.mutate(undefined));
  const enter = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.target instanceof HTMLInputElement)) return;
    event.preventDefault();
    keep();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Enter in any of its fields keeps what is chosen
    <div className={styles.form} onKeyDown={enter}>
      <header className={styles.header}>
        <Subject subject={conflict.subject} />
        <AlertDialog.Title className={styles.title}>
          {t("team.conflict.title", { field })}
        </AlertDialog.Title>
        <AlertDialog.Description className={styles.text}>
          {story(conflict, t)}
        </AlertDialog.Description>
      </header>
      <div className={styles.values} role="radiogroup" aria-label={t("team.conflict.values")}>
        {values.map((candidate, index) => (
          <Value
            key={`${candidate.member} ${candidate.at}`}
            value={candidate}
            overview={overview}
            name={name}
            checked={chosen === index}
            onChoose={() => setChosen(index)}
          />
        ))}
        <label className={styles.other} data-chosen={chosen === "other" || undefined}>
          <input
            type="radio"
            className={styles.radio}
            name={name}
            checked={chosen === "other"}
            onChange={() => setChosen("other")}
          />
          <span className={styles.otherWords}>{t("team.conflict.other")}</span>
          <input
            type="text"
            className={styles.otherField}
            aria-label={t("team.conflict.otherValue")}
            value={other}
            onFocus={() => setChosen("other")}
            onChange={(event) => setOther(event.currentTarget.value)}
          />
        </label>
      </div>
      <p className={styles.kept}>
        <Icon of={History} size={14} />
        {t("team.conflict.kept", { base: conflict.base ?? t("team.conflict.noBase") })}
      </p>
      <footer className={styles.footer}>
        <Button variant="ghost" className={styles.later} onClick={onClose}>
          {t("team.conflict.later")}
        </Button>
        <Button
          variant="primary"
          disabledReason={missing ? t("team.conflict.write") : null}
          onClick={keep}
        >
          {value === null || value === ""
            ? t("team.conflict.keepEmpty")
            : t("team.conflict.keep", { value })}
        </Button>
      </footer>
    </div>
  );
}

function Subject({ subject }: { subject: string }) {
  const [kind, ...rest] = subject.split(":");
  return kind === "thread" ? null : <p className={styles.subject}>{rest.join(":")}</p>;
}

function story({ values, base }: TeamConflict, t: Translate): string {
  const floor = base ?? t("team.conflict.noBase");
  const others = values.filter(({ mine }) => !mine).map(({ name }) => name);
  const who = [...new Set(others)].join(", ");
  return values.some(({ mine }) => mine)
    ? t("team.conflict.text", { who, base: floor })
    : t("team.conflict.textOthers", { who, base: floor });
}

type ValueProps = {
  value: ConflictValue;
  overview: TeamOverview;
  name: string;
  checked: boolean;
  onChoose: () => void;
};

function Value({ value, overview, name, checked, onChoose }: ValueProps) {
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  const avatar = avatarOf(overview.members, value.member, value.name);
  return (
    <label className={styles.value} data-chosen={checked || undefined}>
      <span className={styles.who}>
        <Avatar size={24} {...avatar} />
        <span className={styles.name}>{value.mine ? t("team.you") : value.name}</span>
        <input
          type="radio"
          className={styles.radio}
          name={name}
          checked={checked}
          onChange={onChoose}
        />
      </span>
      <span className={styles.figure}>{value.value ?? t("team.conflict.emptied")}</span>
      <span className={styles.when}>{longDate(value.at, now, format, t)}</span>
    </label>
  );
}
