import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { AccountState, HealthView } from "../api/bindings.ts";
import { api } from "../api/commands.ts";
import { showFailure } from "../api/show-failure.ts";
import { Banner } from "../components/Banner.tsx";
import { Button } from "../components/Button.tsx";
import { useT } from "../i18n/language.tsx";
import styles from "./AccountTable.module.css";

type Account = HealthView["accounts"][number];
type Bad = Exclude<AccountState, "live" | "connecting">;

const TONE: Record<Bad, "red" | "amber" | "blue"> = {
  needs_you: "red",
  polling: "amber",
  offline: "blue",
};

/** Longer reasons are a server's own words, kept for those who ask, characters. */
const SHORT = 160;

/** What happened, what is safe, and one button. Nothing while the account is well. */
export function AccountNews(props: { account: Account; quiet: boolean; onSignIn: () => void }) {
  const { account, quiet, onSignIn } = props;
  const t = useT();
  const [details, setDetails] = useState(false);
  const retry = useMutation({
    mutationFn: () => api.syncNow(account.id),
    onError: (error) => showFailure(t, "health.news.retryFailed", error),
  });
  const { state } = account;
  const why = t.said(account.why);
  // Of a connection that only polls the words above say enough; why push is down is for those who ask.
  const long = why.length > SHORT || (state === "polling" && why !== "");
  if (quiet || state === "live" || state === "connecting") return null;
  return (
    <tr>
      <td className={styles.news} colSpan={7}>
        <Banner
          tone={TONE[state]}
          action={
            <span className={styles.buttons}>
              {long ? (
                <Button
                  size="small"
                  variant="ghost"
                  aria-expanded={details}
                  onClick={() => setDetails(!details)}
                >
                  {t("health.news.details")}
                </Button>
              ) : null}
              {state === "needs_you" ? (
                <Button size="small" variant="primary" onClick={onSignIn}>
                  {t("account.signIn")}
                </Button>
              ) : (
                <Button
                  size="small"
                  disabledReason={retry.isPending ? t("health.reconciling") : null}
                  onClick={() => retry.mutate()}
                >
                  {t("health.news.retry")}
                </Button>
              )}
            </span>
          }
        >
          <strong>{t(`health.news.${state}`)}</strong> {long ? null : why}{" "}
          {t(`health.news.${state}.safe`)}
          {long && details ? <p className={styles.details}>{why}</p> : null}
        </Banner>
      </td>
    </tr>
  );
}
