import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../api/commands.ts";
import { erpKeys } from "../api/erp.ts";
import { reasonOf } from "../api/failure.ts";
import { Banner } from "../components/Banner.tsx";
import { Button } from "../components/Button.tsx";
import { Dialog } from "../components/Dialog.tsx";
import { showToast } from "../components/toasts.ts";
import { useT } from "../i18n/language.tsx";
import styles from "./Team.module.css";

/** Asks before the company's Metakocka is forgotten, and says what goes and what stays. */
export function DisconnectErp({ alone, onClose }: { alone: boolean; onClose: () => void }) {
  const t = useT();
  const client = useQueryClient();
  const disconnect = useMutation({
    mutationFn: () => api.disconnectErp(),
    onSuccess: () => {
      showToast({ text: t("erp.disconnect.done"), seconds: 6, action: null });
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: erpKeys.all }),
  });
  const busy = disconnect.isPending ? t("erp.disconnect.busy") : null;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("erp.disconnect.title")}
      description={t(alone ? "erp.disconnect.text.alone" : "erp.disconnect.text")}
      footer={
        <>
          <Button onClick={onClose}>{t("erp.disconnect.keep")}</Button>
          <Button variant="danger" disabledReason={busy} onClick={() => disconnect.mutate()}>
            {busy ?? t("erp.disconnect.do")}
          </Button>
        </>
      }
    >
      <div className={styles.intro}>
        <p>{t("erp.disconnect.stays")}</p>
        {disconnect.isError ? (
          <Banner tone="red">
            {t("erp.disconnect.failed")} {reasonOf(disconnect.error, t)}
          </Banner>
        ) : null}
      </div>
    </Dialog>
  );
}
