import { useQuery } from "@tanstack/react-query";
import type { DossierView } from "../api/bindings.ts";
import { reasonOf } from "../api/failure.ts";
import { teamOverviewQuery } from "../api/team.ts";
import { Banner } from "../components/Banner.tsx";
import { Button } from "../components/Button.tsx";
import { AfterPatience, Bar } from "../components/Skeleton.tsx";
import { useT } from "../i18n/language.tsx";
import { Planned } from "./act/Planned.tsx";
import { Dossier } from "./Dossier.tsx";
import styles from "./DossierPane.module.css";
import { NamedDocument } from "./NamedDocument.tsx";
import { NoCustomer } from "./NoCustomer.tsx";
import { Several } from "./Several.tsx";
import { useDossier } from "./use-dossier.ts";

/** The dossier of a conversation, or what stands in its place. */
export function DossierPane({ thread }: { thread: string | null }) {
  const t = useT();
  const dossier = useDossier(thread);
  if (thread === null) return <p className={styles.quiet}>{t("customer.noMail")}</p>;
  if (dossier.data) {
    return (
      <>
        <Planned />
        <NamedDocument thread={thread} />
        <Several thread={thread} dossier={dossier.data} />
        <Known thread={thread} dossier={dossier.data} />
      </>
    );
  }
  if (!dossier.isError) {
    return (
      <AfterPatience>
        <Skeleton />
      </AfterPatience>
    );
  }
  return (
    <div className={styles.failed}>
      <Banner
        tone="red"
        action={
          <Button size="small" onClick={() => void dossier.refetch()}>
            {t("common.tryAgain")}
          </Button>
        }
      >
        {t("customer.failed")} {reasonOf(dossier.error, t)}
      </Banner>
    </div>
  );
}

function Known({ thread, dossier }: { thread: string; dossier: DossierView }) {
  const t = useT();
  const { customer, linked, waiting, connected } = dossier;
  if (waiting) return <Waiting name={customer?.name ?? null} />;
  // Another customer is another thing to look at: none of its facts have just changed.
  if (customer) {
    return <Dossier key={`${thread} ${customer.id}`} customer={customer} linked={linked} />;
  }
  if (connected) return <NoCustomer dossier={dossier} thread={thread} />;
  return (
    <div className={styles.quiet}>
      <p>{t("customer.off")}</p>
      <p>{t("customer.off.where")}</p>
    </div>
  );
}

/** Who it is is known here; the rest is asked of the team's server. */
function Waiting({ name }: { name: string | null }) {
  const t = useT();
  const { data: team } = useQuery(teamOverviewQuery);
  const down = team?.state === "offline" || team?.state === "connecting";
  const coming = name === null ? t("customer.waiting.unnamed") : t("customer.waiting", { name });
  return (
    <AfterPatience>
      <div className={styles.quiet}>
        <p role="status">{coming}</p>
        {down ? <p>{t("customer.waiting.offline")}</p> : null}
      </div>
      {down ? null : <Skeleton />}
    </AfterPatience>
  );
}

function Skeleton() {
  const t = useT();
  return (
    <div className={styles.skeleton} role="status" aria-label={t("common.loading")}>
      <Bar width="62%" />
      <Bar width="44%" />
      <div className={styles.skeletonFigures}>
        <Bar width="80%" />
        <Bar width="60%" />
        <Bar width="70%" />
        <Bar width="70%" />
      </div>
      <Bar width="100%" />
      <Bar width="100%" />
      <Bar width="100%" />
    </div>
  );
}
