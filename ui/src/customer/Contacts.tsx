import { useState } from "react";
import type { CustomerContact, CustomerView } from "../api/bindings.ts";
import { Button } from "../components/Button.tsx";
import { useT } from "../i18n/language.tsx";
import styles from "./Dossier.module.css";

/** As many as fit beside the rest. */
const FIRST = 3;

/** The people at a customer and its address, to read and to copy. */
export function Contacts({ customer }: { customer: CustomerView }) {
  const t = useT();
  const [all, setAll] = useState(false);
  const { contacts, address } = customer;
  const known = contacts.filter(({ name, email, phone }) => `${name}${email}${phone}` !== "");
  if (known.length === 0 && address.length === 0) return null;
  const shown = all ? known : known.slice(0, FIRST);
  return (
    <section className={styles.section} aria-label={t("customer.contacts")}>
      <h3 className={styles.title}>{t("customer.contacts")}</h3>
      {shown.length === 0 ? null : (
        <ul className={styles.contacts}>
          {shown.map((contact) => (
            <Contact key={`${contact.name} ${contact.email} ${contact.phone}`} contact={contact} />
          ))}
        </ul>
      )}
      {known.length > shown.length ? (
        <Button variant="ghost" size="small" className={styles.more} onClick={() => setAll(true)}>
          {t("customer.contacts.more", { n: known.length - shown.length })}
        </Button>
      ) : null}
      {address.length > 0 ? (
        <address className={styles.address} data-selectable>
          {address.join(", ")}
        </address>
      ) : null}
    </section>
  );
}

function Contact({ contact }: { contact: CustomerContact }) {
  const { name, email, phone } = contact;
  const [first, ...rest] = [name, email, phone].filter((part) => part !== "");
  return (
    <li className={styles.contact}>
      <span className={styles.contactName} data-selectable>
        {first}
      </span>
      {rest.map((part) => (
        <span key={part} className={styles.contactLine} data-selectable>
          {part}
        </span>
      ))}
    </li>
  );
}
