import { ChevronLeft, Ellipsis, Maximize2, PanelRight } from "lucide-react";
import { memo, type ReactNode, useEffect, useRef, useState } from "react";
import type { DossierView } from "../api/bindings.ts";
import { leaveDossier, toggleDossier, useDossierOver } from "../app/dossier-panel.ts";
import { ErrorBoundary } from "../app/ErrorBoundary.tsx";
import { setLayout, useDossierRoom, useLayout, WIDTHS } from "../app/layout.ts";
import { findShown, Standing } from "../app/standing.tsx";
import { useTeamPanel } from "../app/team-panel.ts";
import { IconButton } from "../components/IconButton.tsx";
import { Menu, type MenuItem } from "../components/Menu.tsx";
import { Splitter } from "../components/Splitter.tsx";
import { useT } from "../i18n/language.tsx";
import { CustomerActs } from "./act/CustomerActs.tsx";
import { DossierPane } from "./DossierPane.tsx";
import styles from "./DossierPlace.module.css";
import { FoldedDossier } from "./FoldedDossier.tsx";
import { LinkDialog } from "./LinkDialog.tsx";
import { openCustomer } from "./open.ts";
import { useDossier } from "./use-dossier.ts";
import { useLink } from "./use-link.ts";

/**
 * The customer beside a conversation, as the window has room for it: a column with a border to drag, a strip that
 * unfolds over the conversation, or a page in the conversation's place.
 */
export const DossierPlace = memo(function DossierPlace({ thread }: { thread: string | null }) {
  const room = useDossierRoom();
  const { dossier: width, dossierOpen } = useLayout();
  const over = useDossierOver(thread);
  // The team's sheet floats over it: what is covered takes no focus.
  const covered = useTeamPanel().open;
  const t = useT();
  if (room === "column" && dossierOpen) {
    return (
      <Column thread={thread} covered={covered}>
        <Splitter
          label={t("common.resize", { pane: t("customer.pane") })}
          grows="end"
          value={width}
          {...WIDTHS.dossier}
          onChange={sizeDossier}
        />
      </Column>
    );
  }
  return (
    <>
      {room === "page" ? null : <FoldedDossier thread={thread} covered={covered || over} />}
      {over && room !== "column" ? <Over thread={thread} /> : null}
    </>
  );
});

const sizeDossier = (dossier: number) => setLayout({ dossier });

type ColumnProps = { thread: string | null; covered: boolean; children: ReactNode };

function Column({ thread, covered, children }: ColumnProps) {
  const t = useT();
  return (
    <aside
      className={styles.column}
      data-pane="dossier"
      aria-label={t("customer.label")}
      inert={covered}
      tabIndex={-1}
    >
      {children}
      <Inside thread={thread} />
    </aside>
  );
}

/** Over the conversation: it takes the focus and gives it back. */
function Over({ thread }: { thread: string | null }) {
  const t = useT();
  const room = useDossierRoom();
  const page = room === "page";
  // In the conversation's place it is what the window is about.
  const Pane = page ? "main" : "aside";
  const pane = useRef<HTMLElement>(null);
  useEffect(() => {
    if (pane.current !== null) findShown("[data-pane-focus]", pane.current)?.focus();
    // Gone only when it does not come again at once, as it does while the window is built in development.
    return () => queueMicrotask(() => (pane.current === null ? leaveDossier(thread) : undefined));
  }, [thread]);
  return (
    <Pane
      ref={pane}
      className={styles.over}
      data-room={room}
      data-pane="dossier"
      aria-label={t("customer.label")}
      tabIndex={-1}
    >
      <Inside thread={thread} page={page} />
    </Pane>
  );
}

function Inside({ thread, page = false }: { thread: string | null; page?: boolean }) {
  const t = useT();
  const Title = page ? "h1" : "h2";
  return (
    <ErrorBoundary>
      <header className={styles.header}>
        {page ? (
          <IconButton
            className={styles.back}
            icon={ChevronLeft}
            iconSize={20}
            label={t("customer.backToMail")}
            keys="Escape"
            onClick={() => toggleDossier(thread)}
          />
        ) : null}
        <Title className={styles.title}>{t("customer.label")}</Title>
        <Standing thread={thread} inline>
          {(one) => <Tools thread={one} />}
        </Standing>
        {page ? null : (
          <IconButton
            icon={PanelRight}
            label={t("customer.hide")}
            keys="]"
            onClick={() => toggleDossier(thread)}
          />
        )}
      </header>
      <Standing thread={thread} none={<Scroll thread={null} />}>
        {(one) => <Scroll thread={one} />}
      </Standing>
    </ErrorBoundary>
  );
}

const Scroll = memo(function Scroll({ thread }: { thread: string | null }) {
  return (
    <div className={styles.scroll} data-pane-focus tabIndex={-1}>
      <DossierPane thread={thread} />
    </div>
  );
});

/** What one can say about whose mail this is. */
const Tools = memo(function Tools({ thread }: { thread: string }) {
  const { data: dossier } = useDossier(thread);
  if (!dossier?.customer) return null;
  return (
    <>
      <CustomerActs customer={dossier.customer} address={dossier.address} thread={thread} />
      <PageButton id={dossier.customer.id} />
      {dossier.address === "" ? null : <Whose dossier={dossier} />}
    </>
  );
});

function PageButton({ id }: { id: string }) {
  const t = useT();
  return (
    <IconButton
      icon={Maximize2}
      label={t("customer.openPage")}
      keys="g c"
      onClick={() => openCustomer(id)}
    />
  );
}

function Whose({ dossier }: { dossier: DossierView }) {
  const t = useT();
  const [linking, setLinking] = useState(false);
  const link = useLink(dossier);
  const back: MenuItem[] = dossier.linked
    ? [{ id: "back", label: t("customer.takeBack"), run: () => link.mutate("theirs") }]
    : [];
  return (
    <>
      <Menu
        align="end"
        trigger={<IconButton icon={Ellipsis} label={t("common.more")} />}
        items={[
          { id: "link", label: t("customer.linkOther"), run: () => setLinking(true) },
          { id: "not", label: t("customer.notThis"), run: () => link.mutate(null) },
          ...back,
        ]}
      />
      {linking ? (
        <LinkDialog
          address={dossier.address}
          onLink={(customer) => link.mutate(customer)}
          onClose={() => setLinking(false)}
        />
      ) : null}
    </>
  );
}
