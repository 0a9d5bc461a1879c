import type { BoughtProduct } from "../api/bindings.ts";
import { useNow } from "../app/now.ts";
import { dayOf } from "../i18n/format.ts";
import { useFormat, useT } from "../i18n/language.tsx";
import styles from "./Dossier.module.css";

const HOUR = 3_600_000;
/** More is what documents are for. */
const MOST = 6;

/** What was bought lately, and how much of it. */
export function Products({ products }: { products: readonly BoughtProduct[] }) {
  const t = useT();
  const format = useFormat();
  const now = useNow(HOUR);
  return (
    <section className={styles.section} aria-label={t("customer.products")}>
      <h3 className={styles.title}>{t("customer.products")}</h3>
      <ul>
        {products.slice(0, MOST).map((product) => {
          const day = dayOf(product.lastAt);
          return (
            <li
              key={`${product.code} ${product.name} ${product.unit}`}
              className={styles.product}
              title={[product.code, product.name, day ? format.date(day, now) : ""]
                .filter(Boolean)
                .join(" · ")}
            >
              <span className={styles.productName}>{product.name}</span>
              <span className={styles.quantity}>
                {`${format.number(product.amount)}\u00a0${product.unit}`.trim()}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
