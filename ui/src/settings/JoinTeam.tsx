import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { JoinForm } from "../api/bindings.ts";
import { api } from "../api/commands.ts";
import { reasonOf } from "../api/failure.ts";
import { teamKeys } from "../api/team.ts";
import { Banner } from "../components/Banner.tsx";
import { Button } from "../components/Button.tsx";
import { showToast } from "../components/toasts.ts";
import { useT } from "../i18n/language.tsx";
import { PasswordField } from "./fields/PasswordField.tsx";
import { TextField } from "./fields/TextField.tsx";
import { isJoinLink, type JoinFields, joinProblems } from "./join-form.ts";
import styles from "./Team.module.css";

const TOLD = 8;
const EMPTY: JoinFields = { link: "", server: "", name: "", email: "", password: "" };

/** The form that leads into a team: an invitation and who one is. */
export function JoinTeam() {
  const t = useT();
  const client = useQueryClient();
  const [fields, setFields] = useState(EMPTY);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [why, setWhy] = useState<unknown>(null);
  const set = (change: Partial<JoinFields>) => setFields((now) => ({ ...now, ...change }));
  const problems = tried ? joinProblems(fields) : {};
  const error = (name: keyof JoinFields) => {
    const key = problems[name];
    return key === undefined ? null : t(key);
  };
  const byCode = fields.link.trim() !== "" && !isJoinLink(fields.link);

  const join = async () => {
    setBusy(true);
    setWhy(null);
    try {
      const team = await api.teamJoin(formOf(fields));
      client.setQueryData(teamKeys.overview, team);
      showToast({
        text: t("team.join.done", { org: team.org ?? "" }),
        seconds: TOLD,
        action: null,
      });
      await client.invalidateQueries({ queryKey: teamKeys.all });
    } catch (failure) {
      setWhy(failure);
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!busy && Object.keys(joinProblems(fields)).length === 0) void join();
  };
  return (
    <>
      <p className={styles.intro}>{t("team.settings.alone")}</p>
      <form className={styles.form} onSubmit={submit} aria-label={t("team.join.title")} noValidate>
        <TextField
          label={t("team.join.link")}
          value={fields.link}
          onChange={(link) => set({ link })}
          error={error("link")}
          hint={t("team.join.link.hint")}
        />
        {byCode ? (
          <TextField
            label={t("team.join.server")}
            value={fields.server}
            onChange={(server) => set({ server })}
            error={error("server")}
            placeholder="https://kontor.example"
          />
        ) : null}
        <TextField
          label={t("team.join.name")}
          value={fields.name}
          onChange={(name) => set({ name })}
          autoComplete="name"
        />
        <TextField
          label={t("team.join.email")}
          value={fields.email}
          onChange={(email) => set({ email })}
          error={error("email")}
          autoComplete="email"
          inputMode="email"
        />
        <PasswordField
          label={t("team.join.password")}
          value={fields.password}
          onChange={(password) => set({ password })}
          error={error("password")}
          hint={t("team.join.password.hint")}
        />
        {why === null ? null : (
          <Banner tone="red">
            {t("team.join.failed")} {reasonOf(why, t)}
          </Banner>
        )}
        <div className={styles.submit}>
          <Button
            type="submit"
            variant="primary"
            disabledReason={busy ? t("team.join.busy") : null}
          >
            {t(busy ? "team.join.busy" : "team.join.do")}
          </Button>
        </div>
      </form>
    </>
  );
}

const formOf = (fields: JoinFields): JoinForm => ({
  link: fields.link.trim(),
  server: isJoinLink(fields.link) ? null : fields.server.trim(),
  name: fields.name.trim() || null,
  email: fields.email.trim(),
  password: fields.password,
});
