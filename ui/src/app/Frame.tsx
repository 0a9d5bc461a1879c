import { Dialog } from "@base-ui/react/dialog";
import {
  type CSSProperties,
  lazy,
  memo,
  type ReactNode,
  Suspense,
  useCallback,
  useEffect,
} from "react";
import { useContextMaker } from "../actions/context.ts";
import { goOn, type Onward } from "../actions/threads.ts";
import { Splitter } from "../components/Splitter.tsx";
import { useT } from "../i18n/language.tsx";
import { ComposePane } from "../mail/compose/ComposePane.tsx";
import { ConversationPane } from "../mail/conversation/ConversationPane.tsx";
import { ListPane } from "../mail/list/ListPane.tsx";
import { Rail } from "../mail/rail/Rail.tsx";
import { SearchPane } from "../mail/search/SearchPane.tsx";
import { hasDossier, useDossierOver, useDossierShape } from "./dossier-panel.ts";
import { ErrorBoundary } from "./ErrorBoundary.tsx";
import styles from "./Frame.module.css";
import { type Form, setLayout, useDossierRoom, useForm, useLayout, WIDTHS } from "./layout.ts";
import { hideOverlay, useOverlay } from "./overlay.ts";
import { goTo, goToMail, type Route, useRoute } from "./route.ts";
import { useShownThread } from "./shown-thread.ts";
import { useShows } from "./standing.tsx";
import { useTeamPanel } from "./team-panel.ts";

// Pages that are opened now and then come when they are, so that the mail stands sooner.
const SettingsPage = lazy(async () => ({
  default: (await import("../settings/SettingsPage.tsx")).SettingsPage,
}));
const HealthPage = lazy(async () => ({
  default: (await import("../health/HealthPage.tsx")).HealthPage,
}));
const AnalyticsPage = lazy(async () => ({
  default: (await import("../team/analytics/AnalyticsPage.tsx")).AnalyticsPage,
}));
const CustomerPage = lazy(async () => ({
  default: (await import("../customer/page/CustomerPage.tsx")).CustomerPage,
}));
// The customer comes beside the mail when the mail stands.
const DossierPlace = lazy(async () => ({
  default: (await import("../customer/DossierPlace.tsx")).DossierPlace,
}));
const WelcomePage = lazy(async () => ({
  default: (await import("../welcome/WelcomePage.tsx")).WelcomePage,
}));

type MailRoute = Extract<Route, { page: "mail" }>;

/** Width of the rail when it shows icons only, px. */
const FOLDED = 52;
/** Width of the dossier when it is a strip, px. */
const STRIP = 40;
/** Least width of the list while the rail is a drawer, px; the conversation keeps at least 360. */
const DRAWER_LIST = 280;

/** The panes and pages, as many side by side as the width allows. */
export function Frame() {
  const route = useRoute();
  const form = useForm();
  const layout = useLayout();
  // The sheet fills a narrow window: what it covers takes no focus until it is left.
  const covered = useTeamPanel().open && form === "one";
  const dossier = useDossierShape();
  const railWidth = form === "wide" ? layout.rail : form === "icons" ? FOLDED : 0;
  useEffect(() => {
    document.documentElement.style.setProperty("--rail-width", `${railWidth}px`);
  }, [railWidth]);

  if (route.page === "welcome") {
    return (
      <ErrorBoundary>
        <Suspense>
          <WelcomePage onDone={() => goTo(INBOX)} />
        </Suspense>
      </ErrorBoundary>
    );
  }
  const listWidth = form === "drawer" ? DRAWER_LIST : layout.list;
  const style = {
    "--rail": `${railWidth}px`,
    "--list": `${listWidth}px`,
    "--dossier": `${layout.dossier}px`,
    "--dossier-strip": `${STRIP}px`,
  } as CSSProperties;
  return (
    <div
      className={styles.window}
      data-form={form}
      data-dossier={dossier}
      style={style}
      inert={covered}
    >
      {railWidth > 0 ? <RailPane form={form} width={layout.rail} /> : <Drawer />}
      {route.page === "mail" ? (
        <MailPanes route={route} form={form} listWidth={layout.list} />
      ) : (
        <main className={styles.page} data-pane="conversation" tabIndex={-1}>
          <ErrorBoundary key={route.page}>
            <Suspense>
              <Page route={route} />
            </Suspense>
          </ErrorBoundary>
        </main>
      )}
    </div>
  );
}

function Page({ route }: { route: Exclude<Route, { page: "mail" | "welcome" }> }): ReactNode {
  switch (route.page) {
    case "settings":
      return <SettingsPage section={route.section} />;
    case "health":
      return <HealthPage />;
    case "analytics":
      return <AnalyticsPage />;
    case "customer":
      return <CustomerPage key={route.id} id={route.id} />;
  }
}

const INBOX: Route = {
  page: "mail",
  scope: { kind: "role", role: "inbox" },
  thread: null,
  search: null,
  compose: null,
};

// It says nothing of what is open, so another mail does not draw it anew.
const RailPane = memo(function RailPane({ form, width }: { form: Form; width: number }) {
  const t = useT();
  return (
    <div className={styles.rail} data-pane="rail">
      <ErrorBoundary>
        <Rail folded={form === "icons"}>
          {form === "wide" ? (
            <Splitter
              label={t("common.resize", { pane: t("rail.pane") })}
              value={width}
              {...WIDTHS.rail}
              onChange={(rail) => setLayout({ rail })}
            />
          ) : null}
        </Rail>
      </ErrorBoundary>
    </div>
  );
});

/** The rail called in from the side: focus stays in it until it is left. */
const Drawer = memo(function Drawer() {
  const t = useT();
  const overlay = useOverlay();
  return (
    <Dialog.Root
      open={overlay.kind === "drawer"}
      onOpenChange={(open) => (open ? undefined : hideOverlay())}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.scrim} />
        <Dialog.Popup className={styles.drawer} aria-label={t("rail.label")}>
          <Rail onChosen={hideOverlay} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
});

const sizeList = (list: number) => setLayout({ list });

function MailPanes(props: { route: MailRoute; form: Form; listWidth: number }) {
  const { route, form, listWidth } = props;
  const t = useT();
  const { search, thread, compose } = route;
  const writes = compose !== null;
  // Results fill the window until one of them is opened, then they stand beside it.
  const filled = search !== null && thread === null && !writes;
  const shows = { list: true, mail: !filled };
  if (form === "one") {
    shows.list = thread === null && !writes;
    shows.mail = !shows.list;
  }
  return (
    <>
      {shows.list ? (
        <section
          // Alone in the window, the list is what the window is about. One element for both: what is
          // in it must not begin anew when a result opens beside it.
          role={shows.mail ? "region" : "main"}
          className={styles.list}
          data-pane="list"
          data-filled={filled || undefined}
          aria-label={t(search === null ? "list.label" : "search.label")}
          tabIndex={-1}
        >
          <ErrorBoundary>
            {search === null ? (
              <ListPane scope={route.scope} open={thread} />
            ) : (
              <SearchPane text={search} open={thread} />
            )}
          </ErrorBoundary>
          {shows.mail && form !== "drawer" ? (
            <Splitter
              label={t("common.resize", { pane: t("list.pane") })}
              value={listWidth}
              {...WIDTHS.list}
              onChange={sizeList}
            />
          ) : null}
        </section>
      ) : null}
      {shows.mail ? <MailAndCustomer route={route} /> : null}
    </>
  );
}

/** What is read or written, and the customer beside it. */
function MailAndCustomer({ route }: { route: MailRoute }) {
  const thread = useShownThread(route.thread);
  useShows(thread);
  // A page in the conversation's place covers it; beside or over it, the mail stays in reach.
  const page = useDossierRoom() === "page";
  const covered = useDossierOver(thread) && page;
  return (
    <>
      <main className={styles.mail} data-pane="conversation" tabIndex={-1} inert={covered}>
        <Mail thread={thread} scope={route.scope} compose={route.compose} />
      </main>
      {hasDossier(route) ? (
        <ErrorBoundary>
          <Suspense fallback={<div className={styles.dossierGround} />}>
            <DossierPlace thread={thread} />
          </Suspense>
        </ErrorBoundary>
      ) : null}
    </>
  );
}

type MailProps = Pick<MailRoute, "thread" | "scope" | "compose">;

// While the next one is asked for it stays as it is.
const Mail = memo(function Mail({ thread, scope, compose }: MailProps): ReactNode {
  const makeContext = useContextMaker();
  const onDone = useCallback((next: Onward) => goOn(makeContext(), next), [makeContext]);
  return (
    <ErrorBoundary about={compose ?? thread}>
      {compose === null ? (
        <ConversationPane threadId={thread} scope={scope} onDone={onDone} />
      ) : (
        <ComposePane key={compose} compose={compose} onDone={() => goToMail({ compose: null })} />
      )}
    </ErrorBoundary>
  );
});
