import { Plus } from "lucide-react";
import { useState } from "react";
import type { CustomerView, DocumentForm, LineForm } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
import { Button } from "../../components/Button.tsx";
import { useT } from "../../i18n/language.tsx";
import { AreaField } from "../../settings/fields/AreaField.tsx";
import { TextField } from "../../settings/fields/TextField.tsx";
import styles from "./Act.module.css";
import { ActDialog } from "./ActDialog.tsx";
import { FormDialog } from "./FormDialog.tsx";
import { LineFields } from "./LineFields.tsx";
import { PartnerField } from "./PartnerField.tsx";
import { usePlan } from "./use-plan.ts";

const EMPTY: LineForm = { code: "", amount: "1", price: "", discount: "", tax: "" };
const WIDE = 680;

/** A line as it is typed, with a name that stays when others go. */
type Line = LineForm & { key: number };

type Props = {
  offer: boolean;
  customer: Pick<CustomerView, "id" | "name" | "partners">;
  thread: string | null;
  onClose: () => void;
};

/** The day of here, as a form wants it. */
function today(): string {
  const now = new Date();
  const two = (n: number) => String(n).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** An offer or order out of a mail: what is sold, until when, and what the customer calls it. */
export function DocumentDialog({ offer, customer, thread, onClose }: Props) {
  const t = useT();
  const [form, setForm] = useState<Omit<DocumentForm, "lines">>({
    offer,
    customer: customer.id,
    date: today(),
    until: "",
    currency: "EUR",
    theirNumber: "",
    title: "",
    notes: "",
  });
  const [lines, setLines] = useState<Line[]>([{ ...EMPTY, key: 1 }]);
  const [tried, setTried] = useState(false);
  const set = (change: Partial<typeof form>) => setForm((now) => ({ ...now, ...change }));
  const { planned, plan, edit } = usePlan((asked: DocumentForm) => api.planDocument(asked, thread));
  if (planned) return <ActDialog planned={planned} onClose={onClose} onEdit={edit} />;
  const next = () => {
    setTried(true);
    if (lines.some(({ code, amount }) => code.trim() === "" || amount.trim() === "")) return;
    plan.mutate({ ...form, lines: lines.map(({ key: _, ...line }) => line) });
  };
  return (
    <FormDialog
      title={`${t(offer ? "act.newOffer" : "act.newOrder")}: ${customer.name}`}
      width={WIDE}
      busy={plan.isPending}
      onClose={onClose}
      onNext={next}
    >
      <PartnerField
        partners={customer.partners}
        value={form.customer}
        onChange={(id) => set({ customer: id })}
      />
      {lines.map((line, at) => (
        <LineFields
          key={line.key}
          n={at + 1}
          line={line}
          currency={form.currency}
          tried={tried}
          onChange={(change) =>
            setLines((now) => now.map((it) => (it.key === line.key ? { ...it, ...change } : it)))
          }
          onRemove={
            lines.length > 1
              ? () => setLines((now) => now.filter(({ key }) => key !== line.key))
              : null
          }
        />
      ))}
      <div>
        <Button
          size="small"
          icon={Plus}
          onClick={() =>
            setLines((now) => [
              ...now,
              { ...EMPTY, key: Math.max(...now.map(({ key }) => key)) + 1 },
            ])
          }
        >
          {t("act.line.add")}
        </Button>
      </div>
      <div className={styles.pair}>
        <TextField
          type="date"
          label={t("act.field.date")}
          value={form.date}
          onChange={(date) => set({ date })}
        />
        <TextField
          type="date"
          label={t("act.field.until")}
          value={form.until}
          onChange={(until) => set({ until })}
        />
        <TextField
          label={t("act.field.currency")}
          value={form.currency}
          onChange={(currency) => set({ currency: currency.toUpperCase() })}
        />
      </div>
      <div className={styles.pair}>
        <TextField
          label={t("act.field.their_number")}
          value={form.theirNumber}
          onChange={(theirNumber) => set({ theirNumber })}
        />
        <TextField
          label={t("act.field.title")}
          value={form.title}
          onChange={(title) => set({ title })}
        />
      </div>
      <AreaField
        label={t("act.field.notes")}
        value={form.notes}
        onChange={(notes) => set({ notes })}
      />
    </FormDialog>
  );
}
