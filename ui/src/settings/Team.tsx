import { useQuery } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { TeamOverview } from "../api/bindings.ts";
import { api } from "../api/commands.ts";
import { reasonOf } from "../api/failure.ts";
import { teamKeys, teamOverviewQuery } from "../api/team.ts";
import { useCommand } from "../api/use-command.ts";
import { useNow } from "../app/now.ts";
import { Banner } from "../components/Banner.tsx";
import { Button } from "../components/Button.tsx";
import { Dialog } from "../components/Dialog.tsx";
import { Dot } from "../components/Dot.tsx";
import { showToast } from "../components/toasts.ts";
import { useFormat, useT } from "../i18n/language.tsx";
import { linkWords } from "../team/LiveBadge.tsx";
import { InviteDialog } from "../team/people/InviteDialog.tsx";
import { memberOf } from "../team/people.ts";
import { whenWords } from "../team/when.ts";
import { CriticalFields } from "./CriticalFields.tsx";
import { JoinTeam } from "./JoinTeam.tsx";
import page from "./SettingsPage.module.css";
import styles from "./Team.module.css";
import { TeamSharing } from "./TeamSharing.tsx";

const TOLD = 8;

/** The team this computer belongs to, or the way into one. */
export function Team() {
  const t = useT();
  const overview = useQuery(teamOverviewQuery);
  const [asked, setAsked] = useState<"invite" | "leave" | null>(null);
  const close = () => setAsked(null);
  const team = overview.data;
  const joined = team !== undefined && team.state !== "alone";
  return (
    <>
      <div className={page.head}>
        <h2 className={page.heading}>{t("team.settings")}</h2>
        {joined ? (
          <Button
            icon={Plus}
            disabledReason={team.role === "admin" ? null : t("team.invite.onlyAdmin")}
            onClick={() => setAsked("invite")}
          >
            {t("team.invite")}
          </Button>
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
          {t("team.failed")} {reasonOf(overview.error, t)}
        </Banner>
      ) : null}
      {team && !joined ? <JoinTeam /> : null}
      {team && joined ? <Joined team={team} onLeave={() => setAsked("leave")} /> : null}
      {asked === "invite" ? <InviteDialog onClose={close} /> : null}
      {asked === "leave" && team ? <Leave team={team} onClose={close} /> : null}
    </>
  );
}

function Joined({ team, onLeave }: { team: TeamOverview; onLeave: () => void }) {
  const t = useT();
  const format = useFormat();
  const now = useNow(60_000);
  const { queue, latencyMs, reconnects } = team;
  const me = memberOf(team.members, team.me);
  const facts = [
    latencyMs === null ? "" : t("team.roundTrip", { ms: format.number(Math.round(latencyMs)) }),
    reconnects > 0 ? t("team.settings.reconnects", { n: reconnects }) : "",
  ];
  const oldest = queue.oldestAt === null ? "" : whenWords(new Date(queue.oldestAt), now, format, t);
  return (
    <>
      <dl className={`${page.card} ${styles.facts}`}>
        <Fact name={t("team.settings.org")}>{team.org ?? "–"}</Fact>
        <Fact name={t("team.settings.server")}>{team.server ?? "–"}</Fact>
        <Fact name={t("team.settings.you")}>
          {me === null ? "–" : `${me.name}, ${me.email}, ${t(`team.role.${me.role}`)}`}
        </Fact>
        <Fact name={t("team.settings.state")}>
          <span className={styles.state}>
            <Dot state={team.state === "alone" ? "offline" : team.state} />
            {[linkWords(team, t, format), ...facts].filter(Boolean).join(", ")}
          </span>
          {team.why === null ? null : <span className={styles.why}>{t.said(team.why)}</span>}
        </Fact>
        <Fact name={t("team.settings.queue")}>
          {queue.length === 0
            ? t("team.settings.queue.none")
            : t("team.settings.queue.since", { n: queue.length, since: oldest })}
        </Fact>
      </dl>
      <CriticalFields admin={team.role === "admin"} />
      <TeamSharing />
      <div className={styles.leave}>
        <Button variant="danger" onClick={onLeave}>
          {t("team.leave")}
        </Button>
      </div>
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd data-selectable>{children}</dd>
    </div>
  );
}

/** Asks before the computer leaves the team, and says what stays. */
function Leave({ team, onClose }: { team: TeamOverview; onClose: () => void }) {
  const t = useT();
  const leave = useCommand({
    run: () => api.teamLeave(),
    failureTitle: "team.leave.failed",
    stale: [teamKeys.all],
    onSuccess: (signedOut) => {
      const text = t(signedOut ? "team.leave.done" : "team.leave.untold");
      showToast({ text, seconds: TOLD, action: null });
      onClose();
    },
  });
  const waiting = team.queue.length;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("team.leave.title", { org: team.org ?? "" })}
      description={
        waiting > 0
          ? `${t("team.leave.text")} ${t("team.leave.waiting", { n: waiting })}`
          : t("team.leave.text")
      }
      footer={
        <>
          <Button onClick={onClose}>{t("team.leave.stay")}</Button>
          <Button
            variant="danger"
            disabledReason={leave.isPending ? t("common.loading") : null}
            onClick={() => leave.mutate(undefined)}
          >
            {t("team.leave.do")}
          </Button>
        </>
      }
    />
  );
}
