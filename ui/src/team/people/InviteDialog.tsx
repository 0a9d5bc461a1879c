import { Copy } from "lucide-react";
import { useState } from "react";
import type { TeamInvitation, TeamRole } from "../../api/bindings.ts";
import { api } from "../../api/commands.ts";
import { useCommand } from "../../api/use-command.ts";
import { Button } from "../../components/Button.tsx";
import { Dialog } from "../../components/Dialog.tsx";
import { showToast } from "../../components/toasts.ts";
import { useFormat, useT } from "../../i18n/language.tsx";
import { SelectField } from "../../settings/fields/SelectField.tsx";
import styles from "./InviteDialog.module.css";

const TOLD = 6;

/** Makes an invitation for one person and shows its link and code. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const t = useT();
  const [role, setRole] = useState<TeamRole>("member");
  const [made, setMade] = useState<TeamInvitation | null>(null);
  const invite = useCommand({
    run: () => api.teamInvite(role),
    failureTitle: "team.invite.failed",
    onSuccess: setMade,
  });
  const copy = (link: string) =>
    navigator.clipboard.writeText(link).then(
      () => showToast({ text: t("team.invite.copied"), seconds: TOLD, action: null }),
      () => showToast({ text: t("team.invite.copyFailed"), seconds: TOLD, action: null }),
    );
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("team.invite.title")}
      description={t("team.invite.text")}
      footer={
        made === null ? (
          <>
            <Button onClick={onClose}>{t("common.cancel")}</Button>
            <Button
              variant="primary"
              disabledReason={invite.isPending ? t("common.loading") : null}
              onClick={() => invite.mutate(undefined)}
            >
              {t("team.invite.make")}
            </Button>
          </>
        ) : (
          <>
            <Button onClick={onClose}>{t("common.close")}</Button>
            <Button variant="primary" icon={Copy} onClick={() => void copy(made.link)}>
              {t("team.invite.copy")}
            </Button>
          </>
        )
      }
    >
      {made === null ? (
        <SelectField
          label={t("team.invite.role")}
          value={role}
          options={[
            { value: "member", label: t("team.invite.role.member") },
            { value: "admin", label: t("team.invite.role.admin") },
          ]}
          onChange={setRole}
        />
      ) : (
        <Made made={made} />
      )}
    </Dialog>
  );
}

function Made({ made }: { made: TeamInvitation }) {
  const t = useT();
  const format = useFormat();
  return (
    <dl className={styles.made}>
      <dt>{t("team.invite.link")}</dt>
      <dd data-selectable>{made.link}</dd>
      <dt>{t("team.invite.code")}</dt>
      <dd data-selectable className={styles.code}>
        {made.code}
      </dd>
      <dd className={styles.until}>
        {t("team.invite.expires", { when: format.full(new Date(made.expiresAt)) })}
      </dd>
    </dl>
  );
}
