import { useState } from "react";
import type { ContactForm, CustomerView } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
import { useT } from "../../i18n/language.tsx";
import { TextField } from "../../settings/fields/TextField.tsx";
import { ActDialog } from "./ActDialog.tsx";
import { FormDialog } from "./FormDialog.tsx";
import { PartnerField } from "./PartnerField.tsx";
import { usePlan } from "./use-plan.ts";

type Props = {
  customer: Pick<CustomerView, "id" | "name" | "partners">;
  email: string;
  thread: string | null;
  onClose: () => void;
};

/** Another person at a customer that is there. */
export function ContactDialog({ customer, email, thread, onClose }: Props) {
  const t = useT();
  const [form, setForm] = useState<ContactForm>({
    customer: customer.id,
    name: "",
    email,
    phone: "",
  });
  const [tried, setTried] = useState(false);
  const set = (change: Partial<ContactForm>) => setForm((now) => ({ ...now, ...change }));
  const { planned, plan, edit } = usePlan((asked: ContactForm) => api.planContact(asked, thread));
  if (planned) return <ActDialog planned={planned} onClose={onClose} onEdit={edit} />;
  const nobody = form.name.trim() === "" && form.email.trim() === "";
  return (
    <FormDialog
      title={`${t("act.newContact")}: ${customer.name}`}
      busy={plan.isPending}
      onClose={onClose}
      onNext={() => {
        setTried(true);
        if (!nobody) plan.mutate(form);
      }}
    >
      <PartnerField
        partners={customer.partners}
        value={form.customer}
        onChange={(id) => set({ customer: id })}
      />
      <TextField
        label={t("act.field.name")}
        value={form.name}
        error={tried && nobody ? t("act.missing") : null}
        onChange={(name) => set({ name })}
      />
      <TextField
        label={t("act.field.email")}
        value={form.email}
        onChange={(value) => set({ email: value })}
      />
      <TextField
        label={t("act.field.phone")}
        value={form.phone}
        onChange={(phone) => set({ phone })}
      />
    </FormDialog>
  );
}
