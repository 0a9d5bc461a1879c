import { ChevronRight, Search as SearchIcon } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Banner } from "../components/Banner.tsx";
import { Button } from "../components/Button.tsx";
import { Icon } from "../components/Icon.tsx";
import { useT } from "../i18n/language.tsx";
import { AreaField } from "../settings/fields/AreaField.tsx";
import { PasswordField } from "../settings/fields/PasswordField.tsx";
import { TextField } from "../settings/fields/TextField.tsx";
import type { Search } from "./AccountWizard.tsx";
import { blockedBy, problemsOf, type Tests, type WizardFields } from "./account-form.ts";
import { ServerRow } from "./ServerRow.tsx";
import { TestLines } from "./TestLines.tsx";
import styles from "./Wizard.module.css";

type Props = {
  fields: WizardFields;
  search: Search;
  tests: Tests;
  refused: { password: boolean; why: string } | null;
  adding: boolean;
  onChange: (part: Partial<WizardFields>) => void;
  onTest: () => void;
  onBack: () => void;
  onNext: () => void;
};

/** Servers and password, tested while one pauses. */
export function ServerStep(props: Props) {
  const { fields, search, tests, refused, adding, onChange, onTest, onBack, onNext } = props;
  const t = useT();
  const problems = problemsOf(fields);
  const blocked = adding ? "wizard.adding" : blockedBy(fields, tests);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (blocked === null) onNext();
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <Found search={search} email={fields.email.trim()} />
      {refused === null || refused.password ? null : (
        <Banner tone="red">
          {t("wizard.addFailed")} {t.said(refused.why)}
        </Banner>
      )}
      <div className={styles.servers}>
        <ServerRow
          label={t("wizard.incoming")}
          protocol="imap"
          server={fields.imap}
          hostProblem={problems.imapHost}
          portProblem={problems.imapPort}
          onChange={(imap) => onChange({ imap })}
        />
        <ServerRow
          label={t("wizard.outgoing")}
          protocol="smtp"
          server={fields.smtp}
          hint={fields.smtp.host.trim() === "" ? t("wizard.outgoing.none") : undefined}
          portProblem={problems.smtpPort}
          onChange={(smtp) => onChange({ smtp })}
        />
      </div>
      <div className={styles.two}>
        <TextField
          label={t("wizard.username")}
          autoComplete="username"
          value={fields.username}
          onChange={(username) => onChange({ username })}
        />
        <PasswordField
          label={t("wizard.password")}
          value={fields.password}
          error={refused?.password ? t.said(refused.why) : null}
          autoFocus
          onChange={(password) => onChange({ password })}
        />
      </div>
      <Advanced
        value={fields.caPem}
        error={problems.caPem === undefined ? null : t(problems.caPem)}
        onChange={(caPem) => onChange({ caPem })}
      />
      <TestLines tests={tests} />
      <footer className={styles.foot}>
        <Button variant="ghost" className={styles.back} onClick={onBack}>
          {t("wizard.back")}
        </Button>
        <span className={styles.status} role="status">
          {adding ? t("wizard.adding") : ""}
        </span>
        <Button
          disabledReason={tests.kind === "running" ? t("wizard.testing") : null}
          onClick={onTest}
        >
          {t(tests.kind === "waiting" ? "wizard.test" : "wizard.testAgain")}
        </Button>
        <Button
          variant="primary"
          type="submit"
          keys="Enter"
          disabledReason={blocked === null ? null : t(blocked)}
        >
          {t("wizard.continue")}
        </Button>
      </footer>
    </form>
  );
}

function Found({ search, email }: { search: Search; email: string }) {
  const t = useT();
  if (search.kind !== "found") {
    return (
      <Banner tone="amber">
        {search.kind === "nothing"
          ? t("wizard.notFound")
          : `${t("wizard.discoverFailed")} ${t.said(search.why)}`}
      </Banner>
    );
  }
  const { source, note } = search.found;
  return (
    <>
      <div className={styles.found}>
        <Icon of={SearchIcon} />
        <span>
          {source === "" ? t("wizard.found", { email }) : t("wizard.foundBy", { email, source })}
        </span>
      </div>
      {note === null ? null : <Banner tone="amber">{t.said(note)}</Banner>}
    </>
  );
}

type AdvancedProps = { value: string; error: string | null; onChange: (value: string) => void };

function Advanced({ value, error, onChange }: AdvancedProps) {
  const t = useT();
  const [open, setOpen] = useState(value !== "");
  return (
    <div>
      <button
        type="button"
        className={styles.disclose}
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon of={ChevronRight} size={14} />
        {t("wizard.advanced")}
      </button>
      {open ? (
        <AreaField
          label={t("wizard.ca")}
          hint={t("wizard.ca.hint")}
          error={error}
          placeholder="-----BEGIN CERTIFICATE-----"
          value={value}
          onChange={onChange}
        />
      ) : null}
    </div>
  );
}
