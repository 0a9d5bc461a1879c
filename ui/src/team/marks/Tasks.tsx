import { ChevronDown, Clock, Trash2 } from "lucide-react";
import { type FormEvent, useState } from "react";
import type { TeamMember, TeamTask } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
import { teamKeys } from "../../api/team.ts";
import { useCommand } from "../../api/use-command.ts";
import { Avatar } from "../../components/Avatar.tsx";
import { Button } from "../../components/Button.tsx";
import { Icon } from "../../components/Icon.tsx";
import { IconButton } from "../../components/IconButton.tsx";
import { Menu } from "../../components/Menu.tsx";
import { daysBetween } from "../../i18n/format.ts";
import { useFormat, useT } from "../../i18n/language.tsx";
import { avatarOf, memberOf } from "../people.ts";
import styles from "./Marks.module.css";

/** As many characters as the team's server takes. */
const LONGEST = 500;

type Props = {
  subject: string;
  tasks: readonly TeamTask[];
  members: readonly TeamMember[];
  /** Who sits here; null alone. */
  me: string | null;
};

/** What is to be done for a customer or in a conversation; finished ones come last. */
export function Tasks({ subject, tasks, members, me }: Props) {
  const t = useT();
  const stale = [teamKeys.marks(subject), teamKeys.allActivity];
  const finish = useCommand({
    run: ({ id, done }: TeamTask) => api.finishTask(subject, id, !done),
    failureTitle: "team.tasks.failed",
    stale,
  });
  const remove = useCommand({
    run: (id: string) => api.removeTask(subject, id),
    failureTitle: "team.tasks.failed",
    stale,
  });
  return (
    <>
      {tasks.length === 0 ? null : (
        <ul className={styles.tasks} aria-label={t("team.tasks")}>
          {tasks.map((task) => (
            <li key={task.id} className={styles.task} data-done={task.done || undefined}>
              <Line task={task} members={members} onTick={() => finish.mutate(task)} />
              <IconButton
                icon={Trash2}
                iconSize={14}
                className={styles.remove}
                label={t("team.tasks.remove", { task: task.text })}
                onClick={() => remove.mutate(task.id)}
              />
            </li>
          ))}
        </ul>
      )}
      <NewTask subject={subject} members={members} me={me} />
    </>
  );
}

type LineProps = { task: TeamTask; members: readonly TeamMember[]; onTick: () => void };

function Line({ task, members, onTick }: LineProps) {
  const t = useT();
  const format = useFormat();
  const { text, due, member, done, waiting } = task;
  const whose = memberOf(members, member);
  const now = new Date();
  const day = due === null ? null : new Date(`${due}T00:00`);
  const late = day !== null && !done && daysBetween(day, now) > 0;
  return (
    <>
      <input
        type="checkbox"
        className={styles.tick}
        aria-label={t(done ? "team.tasks.reopen" : "team.tasks.finish", { task: text })}
        checked={done}
        onChange={onTick}
      />
      <span className={styles.label}>{text}</span>
      <span className={styles.end}>
        {waiting ? (
          <>
            <Icon of={Clock} size={14} />
            <span className="visually-hidden">{t("team.activity.waiting")}</span>
          </>
        ) : null}
        {day === null ? null : (
          <time className={styles.due} data-late={late || undefined} dateTime={due ?? ""}>
            {late ? t("team.tasks.late", { day: format.date(day, now) }) : format.date(day, now)}
          </time>
        )}
        {whose ? <Avatar size={18} {...avatarOf(members, whose.id, whose.name)} /> : null}
      </span>
    </>
  );
}

function NewTask({ subject, members, me }: Omit<Props, "tasks">) {
  const t = useT();
  const [text, setText] = useState("");
  const [due, setDue] = useState("");
  const [member, setMember] = useState<string | null>(null);
  const save = useCommand({
    run: (form: { text: string; due: string | null; member: string | null }) =>
      api.saveTask(subject, null, form),
    failureTitle: "team.tasks.failed",
    stale: [teamKeys.marks(subject), teamKeys.allActivity],
    onSuccess: () => {
      setText("");
      setDue("");
      setMember(null);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === "" || save.isPending) return;
    save.mutate({ text: text.trim(), due: due === "" ? null : due, member });
  };
  const whose = memberOf(members, member);
  const active = members.filter((one) => one.active);
  return (
    <form className={styles.add} onSubmit={submit}>
      <input
        className={styles.newTask}
        aria-label={t("team.tasks.new")}
        placeholder={t("team.tasks.new")}
        maxLength={LONGEST}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {text.trim() === "" ? null : (
        <>
          <input
            type="date"
            className={styles.newDue}
            aria-label={t("team.tasks.due")}
            value={due}
            onChange={(event) => setDue(event.currentTarget.value)}
          />
          {active.length < 2 ? null : (
            <Menu
              trigger={
                <Button size="small">
                  <span className="visually-hidden">{t("team.tasks.for")}: </span>
                  {whose?.name ?? t("team.tasks.anybody")}
                  <Icon of={ChevronDown} size={14} />
                </Button>
              }
              items={[
                {
                  id: "anybody",
                  label: t("team.tasks.anybody"),
                  checked: member === null,
                  run: () => setMember(null),
                },
                { id: "line", separator: true },
                ...active.map(({ id, name }) => ({
                  id,
                  label: id === me ? t("team.person.you", { who: name }) : name,
                  checked: id === member,
                  run: () => setMember(id),
                })),
              ]}
            />
          )}
          <Button type="submit" size="small" variant="primary">
            {t("team.tasks.save")}
          </Button>
        </>
      )}
    </form>
  );
}
