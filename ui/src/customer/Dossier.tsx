import type { CustomerView } from "../api/bindings.ts";
import { useT } from "../i18n/language.tsx";
import { AgeLine } from "./AgeLine.tsx";
import { Contacts } from "./Contacts.tsx";
import { Documents } from "./Documents.tsx";
import styles from "./Dossier.module.css";
import { Fact } from "./Fact.tsx";
import { Figures } from "./Figures.tsx";
import { Notes } from "./Notes.tsx";
import { openCustomer } from "./open.ts";
import { Partners } from "./Partners.tsx";
import { Products } from "./Products.tsx";
import { placeOf } from "./place.ts";
import { Rank } from "./Rank.tsx";

/** As many documents as the rail shows before more are asked for. */
const FIRST = 5;

/** How many documents there are in Metakocka. */
export function countOf({ counts }: CustomerView): number {
  return counts.offers + counts.orders + counts.invoices;
}

type Props = { customer: CustomerView; linked: boolean };

/** A customer as everybody who writes with them wants to see it. */
export function Dossier({ customer, linked }: Props) {
  const t = useT();
  const { documents, totals, lastOrder, products } = customer;
  const count = Math.max(countOf(customer), documents.length);
  const empty = count === 0 && totals.length === 0 && lastOrder === null;
  return (
    <>
      <div className={styles.head}>
        <Who customer={customer} />
        <AgeLine customer={customer} />
        {linked ? <p className={styles.byHand}>{t("customer.byHand")}</p> : null}
      </div>
      {empty ? null : (
        <div className={styles.figures}>
          <Figures customer={customer} />
        </div>
      )}
      <section className={styles.section} aria-label={t("customer.documents")}>
        <h3 className={styles.title}>
          {t("customer.documents")}
          {count > 0 ? <Fact className={styles.count} value={String(count)} /> : null}
        </h3>
        <Documents
          documents={documents}
          total={count}
          first={FIRST}
          onAll={() => openCustomer(customer.id)}
        />
      </section>
      {products.length > 0 ? <Products products={products} /> : null}
      <Notes customer={customer} />
      <Contacts customer={customer} />
      <Partners customer={customer} />
    </>
  );
}

/** Name, rank, where and how the customer stands. */
function Who({ customer }: { customer: CustomerView }) {
  const t = useT();
  const { id, name, rank, status, number, address } = customer;
  const where = [placeOf(address), number === "" ? null : t("customer.number", { number })];
  return (
    <>
      <div className={styles.nameLine}>
        <h2 className={styles.name}>
          <button
            type="button"
            className={styles.nameButton}
            title={t("customer.openPage")}
            onClick={() => openCustomer(id)}
          >
            {name}
          </button>
        </h2>
        {rank === null ? null : (
          <Fact value={rank}>
            <Rank rank={rank} large />
          </Fact>
        )}
      </div>
      <div className={styles.whereLine}>
        <span className={styles.where}>{where.filter((part) => part !== null).join(", ")}</span>
        <Fact value={status}>
          <span className={styles.chip} data-status={status}>
            {t(`customer.status.${status}`)}
          </span>
        </Fact>
      </div>
    </>
  );
}
