import type { AccountView } from "../api/bindings.ts";
import { api } from "../api/commands.ts";
import { keys } from "../api/queries.ts";
import { useCommand } from "../api/use-command.ts";
import { Button } from "../components/Button.tsx";
import { Dialog } from "../components/Dialog.tsx";
import { showToast } from "../components/toasts.ts";
import { useT } from "../i18n/language.tsx";

type Props = {
  account: AccountView;
  /** Changes that have not reached a server, of all accounts. */
  waiting: number;
  onClose: () => void;
};

/** Asks before an account and its mail leave this computer, and says what stays. */
export function RemoveAccount({ account, waiting, onClose }: Props) {
  const t = useT();
  const { id, email } = account;
  const remove = useCommand({
    run: () => api.removeAccount(id),
    failureTitle: "account.remove.failed",
    stale: [keys.overview, keys.health, keys.allThreads, keys.drafts, keys.outbox],
    onSuccess: () => {
      showToast({ text: t("account.removed", { email }), seconds: 6, action: null });
      onClose();
    },
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("account.remove.title", { email })}
      description={
        waiting > 0
          ? `${t("account.remove.text")} ${t("account.remove.waiting", { n: waiting })}`
          : t("account.remove.text")
      }
      footer={
        <>
          <Button onClick={onClose}>{t("account.remove.keep")}</Button>
          <Button
            variant="danger"
            disabledReason={remove.isPending ? t("common.loading") : null}
            onClick={() => remove.mutate(undefined)}
          >
            {t("account.remove.do")}
          </Button>
        </>
      }
    />
  );
}
