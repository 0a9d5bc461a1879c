import { useQuery } from "@tanstack/react-query";
import { CircleAlert, Truck } from "lucide-react";
import { senderQuery } from "../../api/badges.ts";
import type { Address, Badge } from "../../api/bindings.ts";
import { Icon } from "../../components/Icon.tsx";
import { Rank } from "../../customer/Rank.tsx";
import { useT } from "../../i18n/language.tsx";
import styles from "./SenderBadge.module.css";

/** Of long threads the newest people: one of them is the customer. */
const NEWEST = 4;

function newest(people: readonly Address[]): string[] {
  return people
    .map(({ address }) => address.toLowerCase())
    .filter((address) => address !== "")
    .slice(0, NEWEST);
}

type Props = { people: readonly Address[]; recipients: readonly Address[] };

/** Whose mail a row is, once that is known: the row is painted before it. */
export function SenderBadge({ people, recipients }: Props) {
  const t = useT();
  const asked = { writers: newest(people), recipients: newest(recipients) };
  const { data: sender } = useQuery({
    ...senderQuery(asked),
    enabled: asked.writers.length + asked.recipients.length > 0,
  });
  if (!sender) return null;
  if (sender === "first") {
    return (
      <span className={styles.first} title={t("list.firstMail")}>
        {t("list.first")}
      </span>
    );
  }
  return <Customer badge={sender.customer} />;
}

function Customer({ badge }: { badge: Badge }) {
  const t = useT();
  const { rank, name, overdueDays, shipsToday } = badge;
  return (
    <>
      {rank === null ? null : <Rank rank={rank} />}
      <span className={styles.company}>{name}</span>
      {overdueDays === null ? null : (
        <Sign
          icon={CircleAlert}
          kind="overdue"
          label={t("customer.state.overdue", { n: overdueDays })}
        />
      )}
      {shipsToday ? <Sign icon={Truck} kind="ships" label={t("list.shipsToday")} /> : null}
    </>
  );
}

type SignProps = { icon: typeof Truck; kind: "overdue" | "ships"; label: string };

function Sign({ icon, kind, label }: SignProps) {
  return (
    <span className={styles.sign} data-kind={kind} title={label}>
      <Icon of={icon} size={14} />
      <span className="visually-hidden">{label}</span>
    </span>
  );
}
