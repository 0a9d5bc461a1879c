import type { CustomerRank } from "../api/bindings.ts";
import { useT } from "../i18n/language.tsx";
import styles from "./Rank.module.css";

/** How much a customer buys, as a square letter: A filled, B outlined, C pale. */
export function Rank({ rank, large = false }: { rank: CustomerRank; large?: boolean }) {
  const t = useT();
  const letter = rank.toUpperCase();
  return (
    <span
      className={styles.rank}
      data-rank={rank}
      data-large={large || undefined}
      role="img"
      aria-label={t("customer.rank", { rank: letter })}
      title={t("customer.rank", { rank: letter })}
    >
      {letter}
    </span>
  );
}
