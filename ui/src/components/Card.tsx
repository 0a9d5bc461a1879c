import { ChartColumn, Table2 } from "lucide-react";
import { type ReactNode, useId, useState } from "react";
import { useT } from "../i18n/language.tsx";
import styles from "./Card.module.css";
import { IconButton } from "./IconButton.tsx";

type CardProps = {
  title: string;
  action?: ReactNode;
  /** Takes the whole line. */
  wide?: boolean;
  children: ReactNode;
};

/** A part of a page under a heading of its own. */
export function Card(props: CardProps) {
  const id = useId();
  return (
    <section className={styles.card} data-wide={props.wide || undefined} aria-labelledby={id}>
      <div className={styles.head}>
        <h2 id={id} className={styles.title}>
          {props.title}
        </h2>
        {props.action}
      </div>
      {props.children}
    </section>
  );
}

/** A chart with a table behind it. */
export function ChartCard(props: { title: string; chart: ReactNode; table: ReactNode }) {
  const t = useT();
  const [table, setTable] = useState(false);
  return (
    <Card
      title={props.title}
      wide={table}
      action={
        <IconButton
          icon={table ? ChartColumn : Table2}
          label={t(table ? "analytics.asChart" : "analytics.asTable")}
          onClick={() => setTable(!table)}
        />
      }
    >
      {table ? props.table : props.chart}
    </Card>
  );
}
