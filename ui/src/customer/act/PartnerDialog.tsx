import { useState } from "react";
import type { PartnerForm } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
import { useT } from "../../i18n/language.tsx";
import { TextField } from "../../settings/fields/TextField.tsx";
import styles from "./Act.module.css";
import { ActDialog } from "./ActDialog.tsx";
import { FormDialog } from "./FormDialog.tsx";
import { usePlan } from "./use-plan.ts";

const EMPTY: PartnerForm = {
  name: "",
  company: true,
  taxpayer: false,
  foreign: false,
  taxNumber: "",
  street: "",
  postNumber: "",
  place: "",
  country: "Slovenija",
  contact: "",
  email: "",
  phone: "",
  notThese: [],
};

const WIDE = 560;

type Props = { name: string; email: string; thread: string | null; onClose: () => void };

/** A new customer out of a mail's sender, completed by a person. */
export function PartnerDialog({ name, email, thread, onClose }: Props) {
  const t = useT();
  const [form, setForm] = useState<PartnerForm>({ ...EMPTY, name, contact: name, email });
  const [tried, setTried] = useState(false);
  const set = (change: Partial<PartnerForm>) => setForm((now) => ({ ...now, ...change }));
  const { planned, plan, edit } = usePlan((asked: PartnerForm) => api.planPartner(asked, thread));
  if (planned) {
    return (
      <ActDialog
        planned={planned}
        onClose={onClose}
        onEdit={(notThese) => {
          const next = { ...form, notThese: [...form.notThese, ...notThese] };
          setForm(next);
          if (notThese.length > 0) plan.mutate(next);
          else edit();
        }}
      />
    );
  }
  const text = (
    key:
      | "name"
      | "taxNumber"
      | "street"
      | "postNumber"
      | "place"
      | "country"
      | "contact"
      | "email"
      | "phone",
    label: string,
    error: string | null = null,
  ) => (
    <TextField
      label={label}
      value={form[key]}
      error={error}
      onChange={(value) => set({ [key]: value })}
    />
  );
  return (
    <FormDialog
      title={t("act.newPartner")}
      width={WIDE}
      busy={plan.isPending}
      onClose={onClose}
      onNext={() => {
        setTried(true);
        if (form.name.trim() !== "") plan.mutate(form);
      }}
    >
      {text(
        "name",
        t("act.field.name"),
        tried && form.name.trim() === "" ? t("act.missing") : null,
      )}
      {text("taxNumber", t("act.field.tax_number"))}
      {text("street", t("act.field.street"))}
      <div className={styles.pair}>
        {text("postNumber", t("act.field.post_number"))}
        {text("place", t("act.field.place"))}
        {text("country", t("act.field.country"))}
      </div>
      <div className={styles.pair}>
        {text("contact", t("act.field.contact"))}
        {text("email", t("act.field.email"))}
        {text("phone", t("act.field.phone"))}
      </div>
      <div className={styles.checks}>
        {(["company", "taxpayer", "foreign"] as const).map((key) => (
          <label key={key} className={styles.check}>
            <input
              type="checkbox"
              checked={form[key]}
              onChange={(event) => set({ [key]: event.currentTarget.checked })}
            />
            {t(`act.field.${key}`)}
          </label>
        ))}
      </div>
    </FormDialog>
  );
}
