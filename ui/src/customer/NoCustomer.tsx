import { Link } from "lucide-react";
import { useState } from "react";
import type { DossierView } from "../api/bindings.ts";
import { Button } from "../components/Button.tsx";
import { useT } from "../i18n/language.tsx";
import { NewPartner } from "./act/NewPartner.tsx";
import row from "./Candidate.module.css";
import { LinkDialog } from "./LinkDialog.tsx";
import styles from "./NoCustomer.module.css";
import { useLink } from "./use-link.ts";

/** Nobody is known for the address: who it may be and why, and the way to say who it is. */
export function NoCustomer({ dossier, thread }: { dossier: DossierView; thread: string }) {
  const t = useT();
  const [linking, setLinking] = useState(false);
  const { address, suggestions, linked } = dossier;
  const link = useLink(dossier);
  return (
    <div className={styles.none}>
      <p className={styles.words}>{t(linked ? "customer.nobodys" : "customer.none")}</p>
      {suggestions.length === 0 ? null : (
        <>
          <h3 className={styles.title}>{t("customer.suggestions")}</h3>
          <ul className={styles.suggestions}>
            {suggestions.map(({ customer, name, reason }) => (
              <li key={customer} className={row.row}>
                <span className={row.who}>
                  <span className={row.name}>{name}</span>
                  <span className={row.words}>{t(`customer.reason.${reason}`)}</span>
                </span>
                <Button
                  size="small"
                  aria-label={t("customer.linkThis", { name })}
                  onClick={() => link.mutate({ id: customer, name })}
                >
                  {t("customer.link.do")}
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
      <Button
        size="small"
        variant={suggestions.length === 0 ? "secondary" : "ghost"}
        icon={Link}
        className={suggestions.length === 0 ? undefined : styles.other}
        onClick={() => setLinking(true)}
      >
        {t(suggestions.length === 0 ? "customer.link" : "customer.linkOther")}
      </Button>
      {address === "" ? null : (
        <NewPartner thread={thread} address={address} className={styles.other} />
      )}
      {linked ? (
        <Button
          size="small"
          variant="ghost"
          className={styles.other}
          onClick={() => link.mutate("theirs")}
        >
          {t("customer.takeBack")}
        </Button>
      ) : null}
      {linking ? (
        <LinkDialog
          address={address}
          onLink={(customer) => link.mutate(customer)}
          onClose={() => setLinking(false)}
        />
      ) : null}
    </div>
  );
}
