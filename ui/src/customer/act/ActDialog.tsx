import { useQuery } from "@tanstack/react-query";
import { actKeys, actsQuery } from "../../api/acts.ts";
import type { ActView } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
import { teamOverviewQuery } from "../../api/team.ts";
import { useCommand } from "../../api/use-command.ts";
import { Banner } from "../../components/Banner.tsx";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { useT } from "../../i18n/language.tsx";
import styles from "./Act.module.css";
import { ActPreview, Differences } from "./ActPreview.tsx";
import { Twins } from "./Twins.tsx";

type Props = {
  /** As it was planned; what is known of it since counts. */
  planned: ActView;
  onClose: () => void;
  /** Back to the form, with somebody said to be somebody else. */
  onEdit?: ((notThese: readonly string[]) => void) | undefined;
};

const WIDE = 620;

/** What is to be written, exactly; the yes to it; and what became of it. */
export function ActDialog({ planned, onClose, onEdit }: Props) {
  const t = useT();
  const { data: acts } = useQuery(actsQuery);
  const { data: team } = useQuery(teamOverviewQuery);
  const act = acts?.find(({ id }) => id === planned.id) ?? planned;
  const offline = team !== undefined && team.state !== "live";
  const edit = onEdit
    ? (notThese: readonly string[]) => {
        // Another form is another intention: nothing of this one is left behind.
        api.dropAct(act.id).catch(() => undefined);
        onEdit(notThese);
      }
    : undefined;
  return (
    <Dialog
      open
      onClose={onClose}
      width={WIDE}
      title={t(`act.title.${act.kind}`)}
      footer={<Footer act={act} offline={offline} onClose={onClose} onEdit={edit} />}
    >
      <Inside act={act} offline={offline} onOther={edit} />
    </Dialog>
  );
}

type InsideProps = {
  act: ActView;
  offline: boolean;
  onOther: ((notThese: readonly string[]) => void) | undefined;
};

function Inside({ act, offline, onOther }: InsideProps) {
  const t = useT();
  const { state, preview, kind } = act;
  return (
    <>
      {offline && state !== "written" ? <Banner tone="amber">{t("act.offline")}</Banner> : null}
      <Outcome act={act} />
      <Why act={act} />
      {preview === null ? (
        <p className={styles.quiet} role="status">
          {act.waiting && !offline ? t("act.asking") : null}
        </p>
      ) : (
        <>
          {state === "planned" && preview.token !== "" ? (
            <p className={styles.words}>{t("act.preview")}</p>
          ) : null}
          <ActPreview preview={preview} />
          <Twins twins={preview.twins} onOther={onOther} />
        </>
      )}
      {kind === "add_document" && state === "planned" ? (
        <p className={styles.bills}>{t("act.bills")}</p>
      ) : null}
    </>
  );
}

/** What happened, and which values are others than they should be. */
function Why({ act: { state, why, differences } }: { act: ActView }) {
  const t = useT();
  const underWay = state === "confirmed" || state === "sent";
  const written = state === "written";
  return (
    <>
      {why === "" ? null : <Banner tone={underWay ? "blue" : "amber"}>{t.said(why)}</Banner>}
      {underWay && why === "" ? <p role="status">{t("act.sending")}</p> : null}
      {differences.length === 0 ? null : (
        <Differences
          differences={differences}
          wanted={t(written ? "act.wanted" : "act.was")}
          found={t(written ? "act.found" : "act.is")}
        />
      )}
    </>
  );
}

function Outcome({ act: { state, differences, results } }: { act: ActView }) {
  const t = useT();
  const found = results.map(({ number, id }) => number || id).join(", ");
  if (state === "written") {
    const otherwise = differences.length > 0;
    return (
      <Banner tone={otherwise ? "amber" : "blue"}>
        {t(otherwise ? "act.writtenOtherwise" : "act.written")} {found}
      </Banner>
    );
  }
  if (state === "cannot_tell") {
    return (
      <Banner tone="red">
        {t("act.cannotTell")} {found}
      </Banner>
    );
  }
  if (state === "not_written") return <p className={styles.words}>{t("act.notWritten")}</p>;
  if (state === "refused") return <p className={styles.words}>{t("act.refused")}</p>;
  return null;
}

type FooterProps = {
  act: ActView;
  offline: boolean;
  onClose: () => void;
  onEdit: ((notThese: readonly string[]) => void) | undefined;
};

function Footer({ act, offline, onClose, onEdit }: FooterProps) {
  const t = useT();
  const stale = [actKeys.all];
  const confirm = useCommand({
    run: (token: string) => api.confirmAct(act.id, token),
    failureTitle: "act.confirmFailed",
    stale,
  });
  const drop = useCommand({
    run: () => api.dropAct(act.id),
    failureTitle: "act.discardFailed",
    stale,
    onSuccess: onClose,
  });
  const look = useCommand({
    run: () => api.lookAtAct(act.id),
    failureTitle: "act.failed",
    stale,
  });
  const { state, preview, waiting } = act;
  if (state === "written") {
    return (
      <Button variant="primary" onClick={() => drop.mutate(undefined)}>
        {t("act.done")}
      </Button>
    );
  }
  if (state === "confirmed" || state === "sent") {
    return <Button onClick={onClose}>{t("common.close")}</Button>;
  }
  if (state === "cannot_tell") {
    return (
      <>
        <Button onClick={onClose}>{t("act.later")}</Button>
        <Button onClick={() => drop.mutate(undefined)}>{t("act.seen")}</Button>
      </>
    );
  }
  const token = preview?.token ?? "";
  return (
    <>
      <Button variant="ghost" onClick={() => drop.mutate(undefined)}>
        {t("act.discard")}
      </Button>
      {onEdit ? <Button onClick={() => onEdit([])}>{t("act.back")}</Button> : null}
      <Button onClick={onClose}>{t("act.later")}</Button>
      {token === "" ? (
        <Button
          variant="primary"
          disabledReason={waiting ? t("act.asking") : null}
          onClick={() => look.mutate(undefined)}
        >
          {t("act.again")}
        </Button>
      ) : (
        <Button
          variant="primary"
          disabledReason={offline ? t("act.offline") : waiting ? t("act.asking") : null}
          onClick={() => confirm.mutate(token)}
        >
          {t("act.confirm")}
        </Button>
      )}
    </>
  );
}
