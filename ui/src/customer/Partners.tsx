import { Ellipsis } from "lucide-react";
import type { CustomerDuplicate, CustomerPartner, CustomerView } from "../api/bindings.ts";
import { Button } from "../components/Button.tsx";
import { IconButton } from "../components/IconButton.tsx";
import { Menu } from "../components/Menu.tsx";
import { type Translate, useT } from "../i18n/language.tsx";
import row from "./Candidate.module.css";
import dossier from "./Dossier.module.css";
import styles from "./Partners.module.css";
import { useMerge } from "./use-merge.ts";

/** The customers of Metakocka this one is made of, and those that are likely the same. */
export function Partners({ customer }: { customer: CustomerView }) {
  const { partners, duplicates } = customer;
  return (
    <>
      {partners.length > 1 ? <Made customer={customer} /> : null}
      {duplicates.length > 0 ? <Likely customer={customer} /> : null}
    </>
  );
}

function Made({ customer: { partners } }: { customer: CustomerView }) {
  const t = useT();
  const { merge, part } = useMerge();
  const [main] = partners;
  return (
    <section className={dossier.section} aria-label={t("customer.partners")}>
      <h3 className={dossier.title}>{t("customer.partners")}</h3>
      <ul className={styles.partners}>
        {partners.map((partner) => (
          <li key={partner.id} className={row.row}>
            <Who
              partner={partner}
              words={t("customer.partner.documents", { n: partner.documents })}
            />
            {partner === main ? (
              <span className={dossier.chip}>{t("customer.partner.main")}</span>
            ) : null}
            <Menu
              align="end"
              trigger={
                <IconButton
                  icon={Ellipsis}
                  label={t("customer.partner.more", { name: partner.name })}
                />
              }
              items={[
                ...(main === undefined || partner === main
                  ? []
                  : [
                      {
                        id: "main",
                        label: t("customer.partner.makeMain"),
                        run: () => merge.mutate({ main: partner, other: main }),
                      },
                    ]),
                {
                  id: "part",
                  label: t("customer.partner.part"),
                  run: () => part.mutate(partner),
                },
              ]}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Likely({ customer }: { customer: CustomerView }) {
  const t = useT();
  const { merge, dismiss } = useMerge();
  return (
    <section className={dossier.section} aria-label={t("customer.duplicates")}>
      <h3 className={dossier.title}>{t("customer.duplicates")}</h3>
      <ul className={styles.partners}>
        {customer.duplicates.map(({ partner, reasons }) => (
          <li key={partner.id} className={row.row}>
            <Who partner={partner} words={why(reasons, t)} />
            <span className={styles.does}>
              <Button
                size="small"
                aria-label={t("customer.merge.with", { name: partner.name })}
                onClick={() => merge.mutate({ main: customer, other: partner })}
              >
                {t("customer.merge")}
              </Button>
              <Button
                size="small"
                variant="ghost"
                aria-label={t("customer.apart.from", { name: partner.name })}
                onClick={() => dismiss.mutate({ one: customer, other: partner })}
              >
                {t("customer.apart")}
              </Button>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Who({ partner, words }: { partner: CustomerPartner; words: string }) {
  const t = useT();
  const { name, number, place, gone } = partner;
  const where = [
    number === "" ? null : t("customer.number", { number }),
    place === "" ? null : place,
    gone ? t("customer.partner.gone") : null,
  ].filter((part) => part !== null);
  return (
    <span className={row.who}>
      <span className={row.name}>{name}</span>
      {where.length === 0 ? null : <span className={row.words}>{where.join(", ")}</span>}
      <span className={row.words}>{words}</span>
    </span>
  );
}

/** Every reason, the strongest first. */
function why(reasons: CustomerDuplicate["reasons"], t: Translate): string {
  const words = reasons.map((reason) => t(`customer.duplicate.${reason}`));
  return words.join(", ");
}
