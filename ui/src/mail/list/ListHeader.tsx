import { useQuery } from "@tanstack/react-query";
import { ArrowDownWideNarrow, ListFilter, Menu as MenuIcon, X } from "lucide-react";
import { memo } from "react";
import { ActionButton } from "../../actions/ActionButton.tsx";
import type { Scope, ThreadOrder } from "../../api/bindings.ts";
import { overviewQuery, viewsQuery } from "../../api/queries.ts";
import { useForm } from "../../app/layout.ts";
import { ORDERS, setOrder, useOrder } from "../../app/list-order.ts";
import { showOverlay } from "../../app/overlay.ts";
import { IconButton } from "../../components/IconButton.tsx";
import { Menu } from "../../components/Menu.tsx";
import { type PlainKey, useT } from "../../i18n/language.tsx";
import { scopeCounts, scopeName } from "../folders.ts";
import { FILTERS, toggleFilter, useFilter } from "./filter.ts";
import styles from "./List.module.css";
import { clearPicked, usePicked } from "./selection.ts";

/** The list's name and count; while rows are ticked, what can be done with them. */
export function ListHeader({ scope }: { scope: Scope }) {
  const t = useT();
  const form = useForm();
  const picked = usePicked();
  const { data: overview } = useQuery(overviewQuery);
  const counts = scopeCounts(scope, overview);
  const iconSize = form === "one" ? 20 : 16;
  if (picked.size > 0) return <PickedHeader n={picked.size} iconSize={iconSize} />;
  const unread = counts?.unread ?? 0;
  return (
    <header className={styles.header}>
      {form === "one" || form === "drawer" ? (
        <IconButton
          icon={MenuIcon}
          iconSize={iconSize}
          label={t("common.menu")}
          className={styles.menuButton}
          onClick={() => showOverlay({ kind: "drawer" })}
        />
      ) : null}
      <h1 className={styles.title}>{scopeName(scope, overview, t)}</h1>
      <span className={styles.unread}>{unread > 0 ? t("list.unread", { n: unread }) : ""}</span>
      <OrderMenu scope={scope} />
      <FilterMenu />
      {form === "one" ? <ActionButton id="compose.new" iconSize={20} /> : null}
    </header>
  );
}

function PickedHeader({ n, iconSize }: { n: number; iconSize: 16 | 20 }) {
  const t = useT();
  return (
    <header className={styles.header}>
      <IconButton
        icon={X}
        iconSize={iconSize}
        label={t("list.unpick")}
        keys="Escape"
        className={styles.menuButton}
        onClick={clearPicked}
      />
      <h1 className={styles.title} aria-live="polite">
        {t("list.picked", { n })}
      </h1>
      <span className={styles.unread} />
      <ActionButton id="thread.archive" iconSize={iconSize} />
      <ActionButton id="thread.trash" iconSize={iconSize} />
      <ActionButton id="thread.move" iconSize={iconSize} />
      <ActionButton id="thread.unread" iconSize={iconSize} />
    </header>
  );
}

/** What the list may be narrowed to; the choice stays in sight under the search field. */
const FilterMenu = memo(function FilterMenu() {
  const t = useT();
  const filter = useFilter();
  return (
    <Menu
      align="end"
      trigger={
        <IconButton
          icon={ListFilter}
          label={t("list.filter")}
          data-on={filter !== null || undefined}
        />
      }
      items={FILTERS.map(({ id, label }) => ({
        id,
        label: t(label),
        checked: filter?.id === id,
        run: () => toggleFilter(id),
      }))}
    />
  );
});

const ORDER_NAMES: Readonly<Record<ThreadOrder, PlainKey>> = {
  newest: "list.order.newest",
  overdue: "list.order.overdue",
  value: "list.order.value",
};

/** In which order the list stands: by date, or by what is known of customers, where anything is. */
const OrderMenu = memo(function OrderMenu({ scope }: { scope: Scope }) {
  const t = useT();
  const order = useOrder(scope);
  const { data } = useQuery(viewsQuery);
  if (!data?.customers && order === "newest") return null;
  return (
    <Menu
      align="end"
      trigger={
        <IconButton
          icon={ArrowDownWideNarrow}
          label={t("list.order", { order: t(ORDER_NAMES[order]) })}
          data-on={order !== "newest" || undefined}
        />
      }
      items={ORDERS.map((id) => ({
        id,
        label: t(ORDER_NAMES[id]),
        checked: order === id,
        run: () => setOrder(scope, id),
      }))}
    />
  );
});
