import { useQuery } from "@tanstack/react-query";
import type { TeamMember } from "../api/bindings.ts";
import { auditQuery } from "../api/erp.ts";
import { reasonOf } from "../api/failure.ts";
import { useNow } from "../app/now.ts";
import { Banner } from "../components/Banner.tsx";
import { Button } from "../components/Button.tsx";
import { useFormat, useT } from "../i18n/language.tsx";
import { memberOf } from "../team/people.ts";
import { whenWords } from "../team/when.ts";
import styles from "./ErpFigures.module.css";
import page from "./SettingsPage.module.css";

/** What admins did, as the server has it; without a team what was done here. */
export function AuditLog({ members, alone }: { members: readonly TeamMember[]; alone: boolean }) {
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  const log = useQuery(auditQuery);
  const title = t(alone ? "erp.audit.alone" : "erp.audit");
  const whoIs = (member: string | null) => {
    if (member === null) return t("erp.audit.server");
    return memberOf(members, member)?.name ?? t("team.someone");
  };
  // Alone it is not missed before there is something in it.
  if (alone && !log.isError && (log.data?.length ?? 0) === 0) return null;
  return (
    <section className={styles.section} aria-label={title}>
      <h3 className={styles.title}>{title}</h3>
      {log.isError ? (
        <Banner
          tone="amber"
          action={
            <Button size="small" onClick={() => void log.refetch()}>
              {t("common.tryAgain")}
            </Button>
          }
        >
          {t("erp.audit.failed")} {reasonOf(log.error, t)}
        </Banner>
      ) : null}
      {log.data?.length === 0 ? <p>{t("erp.audit.empty")}</p> : null}
      {log.data && log.data.length > 0 ? (
        <table className={`${page.card} ${styles.table}`}>
          <thead>
            <tr>
              <th scope="col">{t("erp.audit.when")}</th>
              {alone ? null : <th scope="col">{t("erp.audit.who")}</th>}
              <th scope="col">{t("erp.audit.what")}</th>
            </tr>
          </thead>
          <tbody>
            {log.data.map(({ at, member, action, detail }, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name, and never change places
              <tr key={place}>
                <td>{whenWords(new Date(at), now, format, t)}</td>
                {alone ? null : <td>{whoIs(member)}</td>}
                <td data-selectable>{detail === "" ? action : `${action}: ${detail}`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </section>
  );
}
