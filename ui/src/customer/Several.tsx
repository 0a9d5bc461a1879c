import type { DossierView } from "../api/bindings.ts";
import { useT } from "../i18n/language.tsx";
import { chooseCustomer } from "./chosen.ts";
import styles from "./Several.module.css";

/** An address of several customers: whose dossier stands below, and the way to the others'. */
export function Several({ thread, dossier }: { thread: string; dossier: DossierView }) {
  const t = useT();
  const { several, customer } = dossier;
  if (several.length < 2) return null;
  return (
    <fieldset className={styles.several}>
      <legend className={styles.words}>{t("customer.several")}</legend>
      <div className={styles.choices}>
        {several.map((one) => (
          <button
            key={one.customer}
            type="button"
            className={styles.choice}
            aria-pressed={one.customer === customer?.id}
            onClick={() => chooseCustomer(thread, one.customer)}
          >
            {one.name}
          </button>
        ))}
      </div>
    </fieldset>
  );
}
