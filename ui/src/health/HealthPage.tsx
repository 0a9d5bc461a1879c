import { useMutation, useQuery } from "@tanstack/react-query";
import { Copy, RefreshCw } from "lucide-react";
import { useState } from "react";
import type { HealthView } from "../api/bindings.ts";
import { api } from "../api/commands.ts";
import { reasonOf } from "../api/failure.ts";
import { healthQuery, settingsQuery } from "../api/queries.ts";
import { showFailure } from "../api/show-failure.ts";
import { MenuButton } from "../app/MenuButton.tsx";
import { useNow } from "../app/now.ts";
import { Banner } from "../components/Banner.tsx";
import { Button } from "../components/Button.tsx";
import frame from "../components/Page.module.css";
import { AfterPatience, Bar } from "../components/Skeleton.tsx";
import { showToast } from "../components/toasts.ts";
import { useFormat, useT } from "../i18n/language.tsx";
import { Outbox } from "../mail/compose/Outbox.tsx";
import { SignInDialog } from "../settings/SignInDialog.tsx";
import { AccountTable } from "./AccountTable.tsx";
import { ago } from "./ago.ts";
import { Computer } from "./Computer.tsx";
import styles from "./HealthPage.module.css";
import { report } from "./report.ts";
import { Summary } from "./Summary.tsx";
import { TeamServer } from "./TeamServer.tsx";

/** The design's pace for the numbers here, ms. */
const REFRESH = 5000;
/** Ages are counted in seconds. */
const TICK = 1000;

/** Whether the mail is complete, and what to do when it is not. */
export function HealthPage() {
  const t = useT();
  const format = useFormat();
  const health = useQuery({ ...healthQuery, refetchInterval: REFRESH });
  const settings = useQuery(settingsQuery);
  const now = useNow(TICK);
  const [signIn, setSignIn] = useState<{ id: string; email: string } | null>(null);
  return (
    <div className={frame.page}>
      <header className={frame.header}>
        <MenuButton />
        <h1 className={`${frame.title} ${styles.title}`}>{t("rail.health")}</h1>
        <span className={styles.checked}>
          {health.dataUpdatedAt > 0
            ? t("health.checked", {
                ago: ago(new Date(health.dataUpdatedAt), now, format, t),
              })
            : null}
        </span>
        <Tools health={health.data} />
      </header>
      <div className={frame.content}>
        {health.isError ? (
          <Banner
            tone="red"
            action={
              <Button size="small" onClick={() => void health.refetch()}>
                {t("common.tryAgain")}
              </Button>
            }
          >
            {t("health.failed")} {reasonOf(health.error, t)}
          </Banner>
        ) : null}
        {health.data === undefined ? (
          health.isPending ? (
            <AfterPatience>
              <Bar width="60%" />
            </AfterPatience>
          ) : null
        ) : (
          <>
            <Summary health={health.data} />
            <AccountTable
              health={health.data}
              now={now}
              reconcileMinutes={settings.data?.reconcileMinutes ?? 10}
              onSignIn={setSignIn}
            />
            <div className={styles.columns}>
              <Outbox />
              <div className={styles.column}>
                <TeamServer now={now} />
                <Computer health={health.data} />
              </div>
            </div>
          </>
        )}
      </div>
      {signIn === null ? null : <SignInDialog account={signIn} onClose={() => setSignIn(null)} />}
    </div>
  );
}

function Tools({ health }: { health: HealthView | undefined }) {
  const t = useT();
  const reconcile = useMutation({
    mutationFn: () => api.syncNow(null),
    onError: (error) => showFailure(t, "health.reconcileFailed", error),
  });
  const copy = () => {
    if (health === undefined) return;
    navigator.clipboard.writeText(report(health, new Date())).then(
      () => showToast({ text: t("health.copied"), seconds: 4, action: null }),
      (error: unknown) => showFailure(t, "health.copyFailed", error),
    );
  };
  return (
    <div className={styles.tools}>
      <Button icon={Copy} className={styles.tool} aria-label={t("health.copy")} onClick={copy}>
        {t("health.copy")}
      </Button>
      <Button
        icon={RefreshCw}
        className={styles.tool}
        aria-label={t("health.reconcile")}
        disabledReason={reconcile.isPending ? t("health.reconciling") : null}
        onClick={() => reconcile.mutate()}
      >
        {t("health.reconcile")}
      </Button>
    </div>
  );
}
