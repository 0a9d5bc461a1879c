import { useInfiniteQuery } from "@tanstack/react-query";
import { ChevronDown, Download } from "lucide-react";
import { useState } from "react";
import type { DocumentFilter, DocumentKind, DocumentState } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
import { documentsQuery } from "../../api/customers.ts";
import { reasonOf } from "../../api/failure.ts";
import { useCommand } from "../../api/use-command.ts";
import { tellSaved } from "../../app/saved.ts";
import { Banner } from "../../components/Banner.tsx";
import { Button } from "../../components/Button.tsx";
import { Card } from "../../components/Card.tsx";
import { Icon } from "../../components/Icon.tsx";
import { Menu } from "../../components/Menu.tsx";
import { AfterPatience, Bar } from "../../components/Skeleton.tsx";
import { useT, useVoice } from "../../i18n/language.tsx";
import documents from "../Documents.module.css";
import { Row } from "../Documents.tsx";
import styles from "./Papers.module.css";

const KINDS: readonly DocumentKind[] = ["offer", "order", "invoice"];
const STATES: readonly DocumentState[] = ["open", "overdue", "paid", "draft", "to_ship"];
const ALL: DocumentFilter = { kind: null, state: null, from: null, until: null };

const isAll = (filter: DocumentFilter): boolean =>
  Object.values(filter).every((value) => value === null);

/** All documents of a customer, newest first, narrowed as one likes, and as a table for spreadsheets. */
export function Papers({ customer }: { customer: string }) {
  const t = useT();
  const { language } = useVoice();
  const [filter, setFilter] = useState(ALL);
  const pages = useInfiniteQuery(documentsQuery(customer, filter));
  const save = useCommand({
    run: () => api.saveCustomerDocuments(customer, filter, language),
    failureTitle: "customer.csv.failed",
    onSuccess: (path) => tellSaved(path, t),
  });
  const total = pages.data?.pages[0]?.total;
  if (total === 0 && isAll(filter)) {
    // Nothing to narrow, nothing to save.
    return (
      <Card title={t("customer.documents")}>
        <p className={styles.none}>{t("customer.documents.none")}</p>
      </Card>
    );
  }
  return (
    <Card
      title={
        total === undefined ? t("customer.documents") : t("customer.documents.count", { n: total })
      }
      action={
        <Button
          size="small"
          variant="ghost"
          icon={Download}
          disabledReason={total === 0 ? t("customer.documents.noneSuch") : null}
          onClick={() => save.mutate(undefined)}
        >
          {t("customer.csv")}
        </Button>
      }
    >
      <Filters filter={filter} onChange={setFilter} />
      <Rows pages={pages} />
    </Card>
  );
}

type Pages = ReturnType<typeof useInfiniteQuery<Awaited<ReturnType<typeof api.customerDocuments>>>>;

function Rows({ pages }: { pages: Pages }) {
  const t = useT();
  if (pages.isError && !pages.data) {
    return (
      <Banner
        tone="red"
        action={
          <Button size="small" onClick={() => void pages.refetch()}>
            {t("common.tryAgain")}
          </Button>
        }
      >
        {t("customer.documents.failed")} {reasonOf(pages.error, t)}
      </Banner>
    );
  }
  if (!pages.data) {
    return (
      <AfterPatience>
        <Bar width="90%" />
        <Bar width="90%" />
      </AfterPatience>
    );
  }
  const rows = pages.data.pages.flatMap((page) => page.documents);
  if (rows.length === 0) {
    return <p className={styles.none}>{t("customer.documents.noneSuch")}</p>;
  }
  return (
    <>
      <ul className={documents.documents}>
        {rows.map((document) => (
          <Row key={document.id} document={document} />
        ))}
      </ul>
      {pages.hasNextPage ? (
        <Button
          className={styles.more}
          disabledReason={pages.isFetchingNextPage ? t("common.loading") : null}
          onClick={() => void pages.fetchNextPage()}
        >
          {t("customer.documents.load")}
        </Button>
      ) : null}
    </>
  );
}

type FiltersProps = { filter: DocumentFilter; onChange: (filter: DocumentFilter) => void };

function Filters({ filter, onChange }: FiltersProps) {
  const t = useT();
  const { kind, state, from, until } = filter;
  return (
    <fieldset className={styles.filters} aria-label={t("customer.filters")}>
      <Choice
        label={t("customer.filter.kind")}
        any={t("customer.filter.allKinds")}
        values={KINDS}
        chosen={kind}
        name={(value) => t(`customer.kinds.${value as "offer" | "order" | "invoice"}`)}
        onChange={(next) => onChange({ ...filter, kind: next })}
      />
      <Choice
        label={t("customer.filter.state")}
        any={t("customer.filter.allStates")}
        values={STATES}
        chosen={state}
        name={(value) => t(`customer.states.${value}`)}
        onChange={(next) => onChange({ ...filter, state: next })}
      />
      <Day
        label={t("customer.filter.from")}
        value={from}
        onChange={(next) => onChange({ ...filter, from: next })}
      />
      <Day
        label={t("customer.filter.until")}
        value={until}
        onChange={(next) => onChange({ ...filter, until: next })}
      />
      {isAll(filter) ? null : (
        <Button size="small" variant="ghost" onClick={() => onChange(ALL)}>
          {t("customer.filter.clear")}
        </Button>
      )}
    </fieldset>
  );
}

type DayProps = { label: string; value: string | null; onChange: (value: string | null) => void };

function Day({ label, value, onChange }: DayProps) {
  return (
    <label className={styles.day}>
      {label}
      <input
        type="date"
        className={styles.date}
        value={value ?? ""}
        onChange={(event) => onChange(event.target.value || null)}
      />
    </label>
  );
}

type ChoiceProps<Value extends string> = {
  label: string;
  any: string;
  values: readonly Value[];
  chosen: Value | null;
  name: (value: Value) => string;
  onChange: (value: Value | null) => void;
};

function Choice<Value extends string>(props: ChoiceProps<Value>) {
  const { label, any, values, chosen, name, onChange } = props;
  return (
    <Menu
      trigger={
        <Button size="small">
          <span className={styles.choice}>
            <span className="visually-hidden">{label} </span>
            {chosen === null ? any : name(chosen)}
            <Icon of={ChevronDown} size={14} />
          </span>
        </Button>
      }
      items={[
        { id: "any", label: any, checked: chosen === null, run: () => onChange(null) },
        { id: "line", separator: true },
        ...values.map((value) => ({
          id: value,
          label: name(value),
          checked: value === chosen,
          run: () => onChange(value),
        })),
      ]}
    />
  );
}
