import { CircleAlert, PanelRight, ReceiptText } from "lucide-react";
import type { CustomerView } from "../api/bindings.ts";
import { toggleDossier } from "../app/dossier-panel.ts";
import { Icon } from "../components/Icon.tsx";
import { IconButton } from "../components/IconButton.tsx";
import { Tooltip } from "../components/Tooltip.tsx";
import { useFormat, useT } from "../i18n/language.tsx";
import styles from "./FoldedDossier.module.css";
import { Rank } from "./Rank.tsx";
import { useDossier } from "./use-dossier.ts";

/** The dossier as a strip: how much the customer buys and whether something is open. It unfolds when pressed. */
export function FoldedDossier({ thread, covered }: { thread: string | null; covered: boolean }) {
  const t = useT();
  const { data: dossier } = useDossier(thread);
  return (
    <aside
      className={styles.strip}
      data-pane={covered ? undefined : "dossier"}
      aria-label={t("customer.label")}
      inert={covered}
      tabIndex={-1}
    >
      <div className={styles.head}>
        <IconButton
          icon={PanelRight}
          label={t("customer.show")}
          keys="]"
          onClick={() => toggleDossier(thread)}
        />
      </div>
      {dossier?.customer ? <Signs thread={thread} customer={dossier.customer} /> : null}
    </aside>
  );
}

function Signs({ thread, customer }: { thread: string | null; customer: CustomerView }) {
  const t = useT();
  const format = useFormat();
  const { name, rank, totals } = customer;
  const late = totals.filter(({ overdue }) => overdue > 0);
  const open = totals.filter((each) => each.open > 0);
  const amounts = [
    ...open.map((each) =>
      t("customer.openAmount", { amount: format.money(each.open, each.currency) }),
    ),
    ...late.map((each) =>
      t("customer.overdueAmount", { amount: format.money(each.overdue, each.currency) }),
    ),
  ].join(", ");
  const who = rank === null ? name : `${name}, ${t("customer.rank", { rank: rank.toUpperCase() })}`;
  const unfold = () => toggleDossier(thread);
  return (
    <>
      {rank === null ? null : (
        <Tooltip label={who} side="left">
          <button type="button" className={styles.sign} aria-label={who} onClick={unfold}>
            <Rank rank={rank} large />
          </button>
        </Tooltip>
      )}
      {open.length === 0 ? null : (
        <Tooltip label={amounts} side="left">
          <button
            type="button"
            className={styles.sign}
            data-tone={late.length > 0 ? "red" : "amber"}
            aria-label={amounts}
            onClick={unfold}
          >
            <Icon of={late.length > 0 ? CircleAlert : ReceiptText} />
          </button>
        </Tooltip>
      )}
    </>
  );
}
