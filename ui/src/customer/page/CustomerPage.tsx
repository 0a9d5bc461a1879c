import { useQuery } from "@tanstack/react-query";
import { ChevronLeft } from "lucide-react";
import type { CustomerView, DossierView } from "../../api/bindings.ts";
import { customerQuery } from "../../api/customers.ts";
import { reasonOf } from "../../api/failure.ts";
import { teamOverviewQuery } from "../../api/team.ts";
import { MenuButton } from "../../app/MenuButton.tsx";
import { Banner } from "../../components/Banner.tsx";
import { Button } from "../../components/Button.tsx";
import { Card } from "../../components/Card.tsx";
import { IconButton } from "../../components/IconButton.tsx";
import frame from "../../components/Page.module.css";
import { AfterPatience, Bar } from "../../components/Skeleton.tsx";
import { useFormat, useT } from "../../i18n/language.tsx";
import { Marks } from "../../team/marks/Marks.tsx";
import { AgeLine } from "../AgeLine.tsx";
import { Contacts } from "../Contacts.tsx";
import dossier from "../Dossier.module.css";
import { LookedAtDocument } from "../NamedDocument.tsx";
import { Notes } from "../Notes.tsx";
import { leaveCustomer } from "../open.ts";
import { Partners } from "../Partners.tsx";
import { placeOf } from "../place.ts";
import { Rank } from "../Rank.tsx";
import { Charts } from "./Charts.tsx";
import styles from "./CustomerPage.module.css";
import { Mails } from "./Mails.tsx";
import { Papers } from "./Papers.tsx";

/** Everything about a customer. */
export function CustomerPage({ id }: { id: string }) {
  const t = useT();
  const found = useQuery(customerQuery(id));
  const customer = found.data?.customer ?? null;
  return (
    <div className={`${frame.page} ${styles.page}`}>
      <header className={frame.header}>
        <MenuButton />
        <IconButton
          className={styles.back}
          icon={ChevronLeft}
          label={t("customer.backToMail")}
          keys="Escape"
          onClick={leaveCustomer}
        />
        <h1 className={frame.title} data-selectable>
          {customer?.name ?? t("customer.label")}
        </h1>
        {customer?.rank ? <Rank rank={customer.rank} large /> : null}
        {customer ? (
          <span className={dossier.chip} data-status={customer.status}>
            {t(`customer.status.${customer.status}`)}
          </span>
        ) : null}
      </header>
      <div className={frame.content} data-pane-focus tabIndex={-1}>
        {found.isError ? (
          <Banner
            tone="red"
            action={
              <Button size="small" onClick={() => void found.refetch()}>
                {t("common.tryAgain")}
              </Button>
            }
          >
            {t("customer.failed")} {reasonOf(found.error, t)}
          </Banner>
        ) : null}
        {found.data && customer ? (
          <Known key={id} customer={customer} dossier={found.data} />
        ) : found.isError ? null : (
          <AfterPatience>
            <Skeleton />
          </AfterPatience>
        )}
      </div>
    </div>
  );
}

function Known({
  customer,
  dossier: { waiting },
}: {
  customer: CustomerView;
  dossier: DossierView;
}) {
  const t = useT();
  const { data: team } = useQuery(teamOverviewQuery);
  const { id, address, number, taxNumber } = customer;
  const who = [
    placeOf(address),
    number === "" ? null : t("customer.number", { number }),
    taxNumber === "" ? null : t("customer.taxNumber", { number: taxNumber }),
  ].filter((part) => part !== null);
  return (
    <>
      <div className={styles.who}>
        <p className={styles.where} data-selectable>
          {who.join(", ")}
        </p>
        <AgeLine customer={customer} />
      </div>
      {waiting ? (
        <Banner tone="amber">{t("customer.waiting", { name: customer.name })}</Banner>
      ) : null}
      <LookedAtDocument customer={id} />
      <Totals customer={customer} />
      <Charts customer={id} />
      <div className={styles.columns}>
        <div className={styles.main}>
          <Papers customer={id} />
          <Mails customer={id} />
        </div>
        <div className={styles.aside}>
          <div className={styles.part}>
            <Notes customer={customer} />
          </div>
          {team ? (
            <Card title={t("customer.tasks")}>
              <Marks subject={`customer:${id}`} overview={team} />
            </Card>
          ) : null}
          <div className={styles.part}>
            <Contacts customer={customer} />
          </div>
          {customer.partners.length + customer.duplicates.length > 0 ? (
            <div className={styles.part}>
              <Partners customer={customer} />
            </div>
          ) : null}
        </div>
      </div>
    </>
  );
}

/** What the bills come to, a line for each currency. */
function Totals({ customer }: { customer: CustomerView }) {
  const t = useT();
  const format = useFormat();
  const { totals, turnover12Months } = customer;
  return totals.map(({ currency, total, open, overdue }) => {
    const year = turnover12Months.find((one) => one.currency === currency)?.total ?? 0;
    const figures = [
      ["customer.total", total, undefined],
      ["customer.lastYear", year, undefined],
      ["customer.open", open, undefined],
      ["customer.overdue", overdue, overdue > 0 ? "red" : undefined],
    ] as const;
    return (
      <dl key={currency} className={styles.figures} aria-label={currency}>
        {figures.map(([name, amount, tone]) => (
          <div key={name} className={styles.figure}>
            <dt>{t(name)}</dt>
            <dd data-tone={tone}>{format.money(amount, currency)}</dd>
          </div>
        ))}
      </dl>
    );
  });
}

function Skeleton() {
  const t = useT();
  return (
    <div className={styles.skeleton} role="status" aria-label={t("common.loading")}>
      <Bar width="30%" />
      <Bar width="60%" />
      <div className={styles.blank} />
      <Bar width="90%" />
      <Bar width="90%" />
      <Bar width="90%" />
    </div>
  );
}
