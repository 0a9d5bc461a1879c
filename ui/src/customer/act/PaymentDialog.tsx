import { useState } from "react";
import type { DocumentView } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
import { useT } from "../../i18n/language.tsx";
import { TextField } from "../../settings/fields/TextField.tsx";
import styles from "./Act.module.css";
import { ActDialog } from "./ActDialog.tsx";
import { FormDialog } from "./FormDialog.tsx";
import { usePlan } from "./use-plan.ts";

type Fields = { amount: string; date: string; way: string; notes: string };

/** A payment that came for a document. */
export function PaymentDialog({
  document,
  onClose,
}: {
  document: DocumentView;
  onClose: () => void;
}) {
  const t = useT();
  const open = document.open > 0 ? String(document.open) : "";
  const [form, setForm] = useState<Fields>({ amount: open, date: "", way: "TRR", notes: "" });
  const [tried, setTried] = useState(false);
  const set = (change: Partial<Fields>) => setForm((now) => ({ ...now, ...change }));
  const { id, docType } = document;
  const { planned, plan, edit } = usePlan((fields: Fields) =>
    api.planPayment({ document: { id, docType }, ...fields }),
  );
  if (planned) return <ActDialog planned={planned} onClose={onClose} onEdit={edit} />;
  const missing = (text: string) => (tried && text.trim() === "" ? t("act.missing") : null);
  return (
    <FormDialog
      title={`${t("act.pay")}: ${document.number}`}
      busy={plan.isPending}
      onClose={onClose}
      onNext={() => {
        setTried(true);
        const { notes: _, ...needed } = form;
        if (Object.values(needed).every((text) => text.trim() !== "")) plan.mutate(form);
      }}
    >
      <div className={styles.pair}>
        <TextField
          label={`${t("act.field.amount")}, ${document.currency}`}
          inputMode="decimal"
          value={form.amount}
          error={missing(form.amount)}
          onChange={(amount) => set({ amount })}
        />
        <TextField
          type="date"
          label={t("act.field.date")}
          value={form.date}
          error={missing(form.date)}
          onChange={(date) => set({ date })}
        />
      </div>
      <TextField
        label={t("act.field.way")}
        value={form.way}
        error={missing(form.way)}
        onChange={(way) => set({ way })}
      />
      <TextField
        label={t("act.field.notes")}
        value={form.notes}
        onChange={(notes) => set({ notes })}
      />
    </FormDialog>
  );
}
