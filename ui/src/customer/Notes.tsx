import type { CustomerView } from "../api/bindings.ts";
import { useT } from "../i18n/language.tsx";
import { NoteSection } from "./NoteSection.tsx";

/** The team's note on a customer, and what was written on others it was merged with. */
export function Notes({ customer }: { customer: CustomerView }) {
  const t = useT();
  const others = customer.partners.filter(({ id }) => id !== customer.id);
  return (
    <>
      <NoteSection key={customer.id} customer={customer} title={t("customer.note")} />
      {others.map((partner) => (
        <NoteSection
          key={partner.id}
          customer={partner}
          title={t("customer.note.label", { who: partner.name })}
          written
        />
      ))}
    </>
  );
}
