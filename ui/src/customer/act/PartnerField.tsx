import type { CustomerPartner } from "../../api/bindings.ts";
import { useT } from "../../i18n/language.tsx";
import { SelectField } from "../../settings/fields/SelectField.tsx";

type Props = {
  partners: readonly CustomerPartner[];
  value: string;
  onChange: (id: string) => void;
};

/** Which of the customers of Metakocka it is written for, where several are one here. */
export function PartnerField({ partners, value, onChange }: Props) {
  const t = useT();
  if (partners.length < 2) return null;
  const label = ({ name, number, place }: CustomerPartner) =>
    [name, number === "" ? "" : t("customer.number", { number }), place]
      .filter((part) => part !== "")
      .join(", ");
  return (
    <SelectField
      label={t("act.field.partner")}
      value={value}
      options={partners.map((partner) => ({ value: partner.id, label: label(partner) }))}
      onChange={onChange}
    />
  );
}
