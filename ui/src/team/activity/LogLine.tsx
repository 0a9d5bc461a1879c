import { type FormEvent, type KeyboardEvent, useId, useState } from "react";
import type { TeamState } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
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
 * Writes a call, a note or a task down in one line, where everyone sees it: the first two in the shared note on the
 * customer.
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
    run: async (of: { kind: LogKind; subject: string; text: string }) => {
      if (of.kind === "task") {
        await api.saveTask(of.subject, null, { text: of.text, due: null, member: null });
        return;
      }
      const now = new Date();
      const when = `${format.date(now, now)} ${format.time(now)}`;
      await writeLine(of.subject, lineOf(of.kind, of.text, when, t));
    },
    failureTitle: "toolbar.log.failed",
    stale: [teamKeys.all],
    onSuccess: (_, of) => {
      const away = state !== "live" && state !== "alone";
      const done = of.kind === "task" ? "toolbar.log.doneTask" : "toolbar.log.done";
      const said = [t(done, { who: meant.name }), away ? t("toolbar.log.away") : ""]
        .join(" ")
        .trim();
      showToast({ text: said, seconds: TOLD, action: null });
      setText("");
      onDone?.();
    },
  });
  const blocked = subject === null;
  const send = () => {
    if (subject === null || text.trim() === "" || log.isPending) return;
    log.mutate({ kind, subject, text: text.trim().replace(/\s+/g, " ") });
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
