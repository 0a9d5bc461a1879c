import { type FormEvent, type KeyboardEvent, useId, useState } from "react";
import type { TeamState } from "../../api/bindings.ts";
import { teamKeys } from "../../api/team.ts";
import { useCommand } from "../../api/use-command.ts";
import { Icon } from "../../components/Icon.tsx";
import { showToast } from "../../components/toasts.ts";
import { useFormat, useT } from "../../i18n/language.tsx";
import type { Meant } from "../subject.ts";
import styles from "./LogLine.module.css";
import { LOG_ICONS, LOG_KINDS, type LogKind, lineOf, writeLine } from "./log.ts";

/** How long it is said that a line was kept, s. */
const TOLD = 6;

type Props = {
  meant: Meant;
  state: TeamState;
  /** The kind it begins with. */
  kind?: LogKind;
  onDone?: () => void;
};

/**
 * Writes a call, a note or a task down in one line. It goes into the shared note on the customer, where everyone sees it.
 *
 * Enter keeps it; Tab leads to the kinds.
 */
export function LogLine({ meant, state, kind: first = "note", onDone }: Props) {
  const t = useT();
  const format = useFormat();
  const name = useId();
  const [kind, setKind] = useState(first);
  const [text, setText] = useState("");
  const { subject } = meant;
  const log = useCommand({
    run: (line: { subject: string; text: string }) => writeLine(line.subject, line.text),
    failureTitle: "toolbar.log.failed",
    stale: [teamKeys.all],
    onSuccess: () => {
      const away = state !== "live" && state !== "alone";
      const said = t(away ? "toolbar.log.doneAway" : "toolbar.log.done", { who: meant.name });
      showToast({ text: said, seconds: TOLD, action: null });
      setText("");
      onDone?.();
    },
  });
  const blocked = subject === null;
  const send = () => {
    if (subject === null || text.trim() === "" || log.isPending) return;
    const now = new Date();
    const when = `${format.date(now, now)} ${format.time(now)}`;
    log.mutate({ subject, text: lineOf(kind, text, when, t) });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send();
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form className={styles.log} data-blocked={blocked || undefined} onSubmit={submit}>
      <input
        data-autofocus
        className={styles.field}
        aria-label={t("toolbar.log.label")}
        placeholder={t(blocked ? "toolbar.log.nobody" : `toolbar.log.hint.${kind}`)}
        value={text}
        readOnly={blocked}
        aria-disabled={blocked || undefined}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={press}
      />
      <span className={styles.kinds} role="radiogroup" aria-label={t("toolbar.log.kind")}>
        {LOG_KINDS.map((id) => (
          <label key={id} className={styles.kind} title={t(`toolbar.log.${id}`)}>
            <input
              type="radio"
              className="visually-hidden"
              name={name}
              aria-label={t(`toolbar.log.${id}`)}
              checked={id === kind}
              onChange={() => setKind(id)}
              onKeyDown={press}
            />
            <Icon of={LOG_ICONS[id]} />
          </label>
        ))}
      </span>
    </form>
  );
}
