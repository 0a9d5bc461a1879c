import { useQuery } from "@tanstack/react-query";
import { Plus, Unplug } from "lucide-react";
import { useState } from "react";
import type { ErpOverview } from "../api/bindings.ts";
import { erpOverviewQuery } from "../api/erp.ts";
import { reasonOf } from "../api/failure.ts";
import { teamOverviewQuery } from "../api/team.ts";
import { Banner } from "../components/Banner.tsx";
import { Button } from "../components/Button.tsx";
import { useT } from "../i18n/language.tsx";
import { AuditLog } from "./AuditLog.tsx";
import { ConnectErp } from "./ConnectErp.tsx";
import { DisconnectErp } from "./DisconnectErp.tsx";
import { ErpFigures } from "./ErpFigures.tsx";
import page from "./SettingsPage.module.css";
import styles from "./Team.module.css";

/**
 * The company's Metakocka: how its mirror stands, and for admins, or without a team, the way to connect it and what was
 * done.
 */
export function Metakocka() {
  const t = useT();
  const overview = useQuery(erpOverviewQuery);
  const team = useQuery(teamOverviewQuery);
  const [asked, setAsked] = useState<"connect" | "disconnect" | null>(null);
  const alone = team.data?.state === "alone";
  const may = alone || team.data?.role === "admin";
  const connected = overview.data !== undefined && overview.data.state !== "off";
  return (
    <>
      <div className={page.head}>
        <h2 className={page.heading}>{t("erp.title")}</h2>
        {may && overview.data ? (
          <div className={page.actions}>
            {connected ? (
              <Button icon={Unplug} onClick={() => setAsked("disconnect")}>
                {t("erp.disconnect")}
              </Button>
            ) : null}
            <Button icon={Plus} onClick={() => setAsked("connect")}>
              {t(connected ? "erp.connect.again" : "erp.connect")}
            </Button>
          </div>
        ) : null}
      </div>
      {overview.isError ? (
        <Banner
          tone="red"
          action={
            <Button size="small" onClick={() => void overview.refetch()}>
              {t("common.tryAgain")}
            </Button>
          }
        >
          {t("erp.failed")} {reasonOf(overview.error, t)}
        </Banner>
      ) : null}
      {overview.data ? <Stands overview={overview.data} alone={alone} may={may} /> : null}
      {may ? <AuditLog members={team.data?.members ?? []} alone={alone} /> : null}
      {asked === "connect" ? <ConnectErp alone={alone} onClose={() => setAsked(null)} /> : null}
      {asked === "disconnect" ? (
        <DisconnectErp alone={alone} onClose={() => setAsked(null)} />
      ) : null}
    </>
  );
}

function Stands({ overview, alone, may }: { overview: ErpOverview; alone: boolean; may: boolean }) {
  const t = useT();
  if (overview.state !== "off") return <ErpFigures overview={overview} alone={alone} />;
  return (
    <div className={styles.intro}>
      <p>{t("erp.off")}</p>
      {alone ? <p>{t("erp.off.alone")}</p> : null}
      {may ? null : <p>{t("erp.off.member")}</p>}
    </div>
  );
}
