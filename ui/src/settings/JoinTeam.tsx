import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { JoinForm, TeamOverview } from "../api/bindings.ts";
import { api } from "../api/commands.ts";
import { reasonOf } from "../api/failure.ts";
import { companyQuery, teamKeys } from "../api/team.ts";
import { Banner } from "../components/Banner.tsx";
import { Button } from "../components/Button.tsx";
import { showToast } from "../components/toasts.ts";
import { useT } from "../i18n/language.tsx";
import { PasswordField } from "./fields/PasswordField.tsx";
import { TextField } from "./fields/TextField.tsx";
import { isJoinLink, isWholeLink, type JoinFields, joinProblems } from "./join-form.ts";
import styles from "./Team.module.css";

const TOLD = 8;
const EMPTY: JoinFields = { link: "", server: "", name: "", email: "", password: "" };

/** The form that leads into a team: an invitation and who one is. */
export function JoinTeam() {
  const t = useT();
  const client = useQueryClient();
  const [fields, setFields] = useState(EMPTY);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState<"password" | "company" | null>(null);
  const [why, setWhy] = useState<unknown>(null);
  const set = (change: Partial<JoinFields>) => setFields((now) => ({ ...now, ...change }));
  const problems = tried ? joinProblems(fields) : {};
  const error = (name: keyof JoinFields) => {
    const key = problems[name];
    return key === undefined ? null : t(key);
  };
  const byCode = fields.link.trim() !== "" && !isJoinLink(fields.link);

  const { company, look } = useCompany(fields);
  const join = async (by: "password" | "company", ask: () => Promise<TeamOverview>) => {
    setBusy(by);
    setWhy(null);
    try {
      const team = await ask();
      client.setQueryData(teamKeys.overview, team);
      showToast({
        text: t("team.join.done", { org: team.org ?? "" }),
        seconds: TOLD,
        action: null,
      });
      await client.invalidateQueries({ queryKey: teamKeys.all });
    } catch (failure) {
      setWhy(failure);
      setBusy(null);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (busy === null && Object.keys(joinProblems(fields)).length === 0) {
      void join("password", () => api.teamJoin(formOf(fields)));
    }
  };
  return (
    <>
      <p className={styles.intro}>{t("team.settings.alone")}</p>
      <form
        className={styles.form}
        onSubmit={submit}
        onBlur={look}
        aria-label={t("team.join.title")}
        noValidate
      >
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
        {company === null ? null : (
          <div className={styles.company}>
            <Button
              variant="primary"
              disabledReason={busy === null ? null : t(busyWords(busy))}
              onClick={() =>
                void join("company", () =>
                  api.teamJoinByCompany({
                    link: fields.link.trim(),
                    server: serverOf(fields),
                    name: fields.name.trim() || null,
                  }),
                )
              }
            >
              {t(busy === "company" ? "team.join.company.waiting" : "team.join.company")}
            </Button>
            <p>{t("team.join.company.hint", { host: company })}</p>
          </div>
        )}
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
            variant={company === null ? "primary" : "secondary"}
            disabledReason={busy === null ? null : t(busyWords(busy))}
          >
            {t(busy === "password" ? "team.join.busy" : "team.join.do")}
          </Button>
        </div>
      </form>
    </>
  );
}

/** The company's sign-in at the server that the fields name: a whole link is asked at once, what is typed when left. */
function useCompany(fields: JoinFields) {
  const [left, setLeft] = useState(EMPTY);
  const { link, server } = isWholeLink(fields.link) ? fields : left;
  const enabled = isWholeLink(link) || (link !== "" && server !== "");
  const where = isJoinLink(link) ? null : server.trim();
  const asked = useQuery({ ...companyQuery(link.trim(), where), enabled });
  return { company: asked.data ?? null, look: () => setLeft(fields) };
}

const busyWords = (by: "password" | "company") =>
  by === "company" ? "team.join.company.waiting" : "team.join.busy";

const serverOf = (fields: JoinFields) => (isJoinLink(fields.link) ? null : fields.server.trim());

const formOf = (fields: JoinFields): JoinForm => ({
  link: fields.link.trim(),
  server: serverOf(fields),
  name: fields.name.trim() || null,
  email: fields.email.trim(),
  password: fields.password,
});
