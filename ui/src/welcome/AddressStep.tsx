import { type FormEvent, useState } from "react";
import { Button } from "../components/Button.tsx";
import { useT } from "../i18n/language.tsx";
import { TextField } from "../settings/fields/TextField.tsx";
import { problemsOf, type WizardFields } from "./account-form.ts";
import styles from "./Wizard.module.css";

type Props = {
  fields: WizardFields;
  searching: boolean;
  onChange: (part: Partial<WizardFields>) => void;
  onNext: () => void;
};

/** Who writes, and from where; the rest is looked up. */
export function AddressStep({ fields, searching, onChange, onNext }: Props) {
  const t = useT();
  const [tried, setTried] = useState(false);
  const problem = problemsOf(fields).email;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (searching) return;
    setTried(true);
    if (problem === undefined) onNext();
  };
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <div className={styles.two}>
        <TextField
          label={t("wizard.name")}
          hint={t("wizard.name.hint")}
          value={fields.name}
          autoComplete="name"
          autoFocus
          onChange={(name) => onChange({ name })}
        />
        <TextField
          label={t("wizard.email")}
          type="email"
          autoComplete="email"
          value={fields.email}
          error={tried && problem !== undefined ? t(problem) : null}
          onChange={(email) => onChange({ email })}
        />
      </div>
      <footer className={styles.foot}>
        <span className={styles.status} role="status">
          {searching ? t("wizard.searching") : ""}
        </span>
        <Button
          variant="primary"
          type="submit"
          keys="Enter"
          disabledReason={searching ? t("wizard.searching") : null}
        >
          {t("wizard.continue")}
        </Button>
      </footer>
    </form>
  );
}
